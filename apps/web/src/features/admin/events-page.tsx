import type { EventRecord } from '@lyceum/platform/system/contract'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { pages } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StatusPill } from '../../ui/status-pill.tsx'
import classes from './system.module.css'

const FRESH_MS = 15_000

/** What happened in the school, newest first, and which parts of it have taken notice. */
export default function EventsPage() {
  const { t } = useTranslation('admin')
  const list = useInfiniteQuery({ ...pages('system', 'listEvents', {}), refetchInterval: FRESH_MS })
  const columns: Column<EventRecord>[] = [
    {
      key: 'name',
      header: t('events.name'),
      primary: true,
      cell: ({ name }) => (
        <code className={classes.code} dir="ltr">
          {name}
        </code>
      )
    },
    { key: 'when', header: t('events.when'), cell: ({ occurredAt }) => <RelativeTime at={occurredAt} show="both" /> },
    {
      key: 'state',
      header: t('events.passedOn'),
      cell: ({ relayedAt }) =>
        relayedAt ? (
          <StatusPill status="sent" label={t('events.relayed')} />
        ) : (
          <StatusPill status="waiting" label={t('events.notRelayed')} />
        )
    },
    {
      key: 'handled',
      header: t('events.handledBy'),
      cell: ({ deliveries }) =>
        deliveries.length === 0 ? (
          <span className={classes.quiet}>{t('events.byNobody')}</span>
        ) : (
          <ul className={classes.deliveries}>
            {deliveries.map(({ subscriber, handledAt }) => (
              <li key={subscriber}>
                <code dir="ltr">{subscriber}</code>{' '}
                <span className={classes.quiet}>
                  <RelativeTime at={handledAt} />
                </span>
              </li>
            ))}
          </ul>
        )
    }
  ]
  return (
    <Page title={t('events.title')} description={t('events.words')}>
      <DataTable
        label={t('events.title')}
        columns={columns}
        rows={list.data?.pages.flatMap(({ entries }) => entries)}
        rowKey={({ id }) => id}
        rowName={({ name }) => name}
        more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={t('events.empty')}
      />
    </Page>
  )
}
