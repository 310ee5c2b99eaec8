import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { query } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Health } from './overview/health.tsx'
import { Numbers } from './overview/numbers.tsx'
import classes from './overview/overview.module.css'
import { ReleaseFacts } from './overview/release-facts.tsx'

const FRESH_MS = 15_000

/** How the school is doing, in words, with a way to whatever needs somebody. */
export default function OverviewPage() {
  const { t } = useTranslation('admin')
  const overview = useQuery({ ...query('system', 'getOverview', {}), refetchInterval: FRESH_MS })
  return (
    <Page title={t('overview.title')} description={t('overview.words')}>
      {overview.data ? (
        <div className={classes.stack}>
          <Health overview={overview.data} />
          <Numbers overview={overview.data} />
          <ReleaseFacts overview={overview.data} />
        </div>
      ) : overview.error ? (
        <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />
      ) : (
        <Loading shape="page" />
      )}
    </Page>
  )
}
