import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { isRouteErrorResponse, Link, useRouteError } from 'react-router'
import { path } from '../path.ts'
import { ErrorState } from '../ui/error-state.tsx'
import { problemOf } from '../ui/problem.ts'
import state from '../ui/state.module.css'
import classes from './failure-page.module.css'

/** Where a page ends that could not be shown; inside the frame the rail stays, so nobody is locked in. */
export function FailurePage() {
  const error = useRouteError()
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFoundPage />
  if (problemOf(error)) return <ErrorState error={error} onRetry={reload} action={<HomeLink />} />
  return <Broken error={error} />
}

/** An address that leads nowhere. */
export function NotFoundPage() {
  const { t } = useTranslation()
  return (
    <div className={state.state}>
      <h1 className={state.title} tabIndex={-1}>
        {t('missing.title')}
      </h1>
      <p className={state.sentence}>{t('missing.words')}</p>
      <HomeLink />
    </div>
  )
}

/** The fault is in the app itself, or in the way its files arrive. */
function Broken({ error }: { readonly error: unknown }) {
  const { t } = useTranslation()
  const stale = error instanceof TypeError && /import|module/i.test(error.message)
  return (
    <div className={state.state} role="alert">
      <h1 className={state.title}>{t(stale ? 'broken.staleTitle' : 'broken.title')}</h1>
      <p className={state.sentence}>{t(stale ? 'broken.stale' : 'broken.words')}</p>
      <div className={state.buttons}>
        <Button onClick={reload}>{t('broken.reload')}</Button>
        <HomeLink />
      </div>
      <details className={classes.details}>
        <summary>{t('broken.details')}</summary>
        <pre dir="ltr">{error instanceof Error ? `${error.name}: ${error.message}` : String(error)}</pre>
      </details>
    </div>
  )
}

function HomeLink() {
  const { t } = useTranslation()
  return (
    <Button component={Link} to={path.dashboard()} variant="default">
      {t('rail.dashboard')}
    </Button>
  )
}

const reload = () => location.reload()
