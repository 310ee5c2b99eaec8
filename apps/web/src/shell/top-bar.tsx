import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs'
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { KeyHint } from '../ui/key-hint.tsx'
import { AvatarMenu } from './avatar-menu.tsx'
import { Bell } from './bell.tsx'
import { useCrumbs } from './page-state.ts'
import { useSchool } from './session.ts'
import classes from './top-bar.module.css'

const CommandPalette = lazy(() => import('./command-palette.tsx'))

/** Where one is, and what is always at hand: jump, news, oneself. */
export function TopBar() {
  return (
    <header className={classes.bar} data-chrome>
      <Crumbs />
      <div className={classes.tools}>
        <Jump />
        <Bell />
        <AvatarMenu />
      </div>
    </header>
  )
}

function Crumbs() {
  const { t } = useTranslation()
  const crumbs = useCrumbs()
  const school = useSchool()
  if (crumbs.length === 0) return <span className={classes.place}>{school.name}</span>
  return (
    <nav aria-label={t('crumbs')} className={classes.crumbs}>
      <ol>
        {crumbs.map(({ label, to }) => (
          <li key={to}>
            <Link to={to}>{label}</Link>
            <IconChevronRight size={15} aria-hidden className={classes.chevron} />
          </li>
        ))}
      </ol>
    </nav>
  )
}

function Jump() {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || event.altKey || event.key.toLowerCase() !== 'k') return
      event.preventDefault()
      setOpened(true)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return (
    <>
      <button type="button" className={classes.jump} onClick={() => setOpened(true)} aria-label={t('jump.open')}>
        <IconSearch size={20} stroke={1.75} aria-hidden />
        <span className={classes.jumpWord}>{t('jump.word')}</span>
        <KeyHint keys="mod+k" />
      </button>
      {opened ? (
        <Suspense fallback={null}>
          <CommandPalette onClose={() => setOpened(false)} />
        </Suspense>
      ) : null}
    </>
  )
}
