import { VisuallyHidden } from '@mantine/core'
import { useIsFetching } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router'
import { listenLive, reloadIfOutdated } from '../live.ts'
import { path } from '../path.ts'
import { ConnectionChip } from './connection-chip.tsx'
import classes from './frame.module.css'
import { LensBar } from './lens.tsx'
import { MaintenanceBar } from './maintenance-bar.tsx'
import { Rail } from './rail.tsx'
import { useMaybeMe } from './session.ts'
import { TopBar } from './top-bar.tsx'

/** What stands around every page of a person who is signed in; others are asked to sign in and brought back. */
export function Frame() {
  const me = useMaybeMe()
  const { pathname, search, hash } = useLocation()
  const wasHere = useRef(false)
  const signedIn = me !== null
  useEffect(() => {
    if (!signedIn) return
    wasHere.current = true
    return listenLive()
  }, [signedIn])
  const arrivedAt = useRef(pathname)
  useEffect(() => {
    // After somebody went elsewhere, so that nothing they were doing is on the page any more.
    if (arrivedAt.current !== pathname) reloadIfOutdated()
    arrivedAt.current = pathname
  }, [pathname])
  if (!me)
    return <Navigate to={path.signIn({ to: pathname + search + hash })} state={{ ended: wasHere.current }} replace />
  return (
    <div className={classes.frame}>
      <SkipLink />
      <Rail />
      <div className={classes.column}>
        <TopBar />
        <MaintenanceBar />
        <LensBar />
        <Underway />
        <main id="main" className={classes.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <ConnectionChip />
      <ScrollRestoration />
    </div>
  )
}

function SkipLink() {
  const { t } = useTranslation()
  return (
    <a href="#main" className={classes.skip}>
      {t('skip')}
    </a>
  )
}

/** A thin line while the next page is on its way; the page before stays readable. */
function Underway() {
  const { t } = useTranslation('ui')
  const moving = useNavigation().state !== 'idle'
  const reading = useIsFetching({ predicate: ({ state }) => state.data === undefined }) > 0
  return (
    <div className={classes.underway} data-active={moving || reading || undefined}>
      {moving ? <VisuallyHidden role="status">{t('loading')}</VisuallyHidden> : null}
    </div>
  )
}
