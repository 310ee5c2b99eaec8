import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { query } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { HistoryLegend } from './status/history-strip.tsx'
import { StatusParts } from './status/status-parts.tsx'
import { Verdict } from './status/verdict.tsx'

const FRESH_MS = 15_000
const HISTORY_FRESH_MS = 60_000

/** How the whole installation is doing, part by part, in words; it keeps itself up to date. */
export default function StatusPage() {
  const { t } = useTranslation('admin')
  const status = useQuery({ ...query('system', 'getStatus', {}), refetchInterval: FRESH_MS })
  // While the database is away it cannot be asked for, and the rest is what matters then.
  const history = useQuery({ ...query('system', 'getStatusHistory', {}), refetchInterval: HISTORY_FRESH_MS })
  return (
    <Page title={t('status.title')} description={t('status.words')}>
      {status.data ? (
        <>
          {/* What was known last stays: it is what one needs when nothing answers any more. */}
          {status.error ? <ProblemAlert error={status.error} /> : null}
          <Verdict status={status.data} />
          {history.data ? <HistoryLegend /> : null}
          <StatusParts parts={status.data.parts} history={history.data} />
        </>
      ) : status.error ? (
        <ErrorState error={status.error} onRetry={() => void status.refetch()} />
      ) : (
        <Loading shape="page" />
      )}
    </Page>
  )
}
