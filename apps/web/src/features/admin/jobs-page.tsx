import type { Job } from '@lyceum/platform/system/contract'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, pages } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { useMay } from '../../shell/session.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StatusPill } from '../../ui/status-pill.tsx'
import { showToast } from '../../ui/toast.ts'
import { useProblemWords } from '../../ui/use-problem-words.ts'
import classes from './system.module.css'

const FRESH_MS = 10_000
const states = ['dead', 'retrying', 'running', 'waiting'] as const satisfies readonly Job['state'][]

/** What works behind the screens; what it has given up on comes first, with the reason. */
export default function JobsPage() {
  const { t } = useTranslation('admin')
  const { t: ui } = useTranslation('ui')
  const queryClient = useQueryClient()
  const words = useProblemWords()
  const [state, setState] = useState<Job['state']>()
  const [discarding, setDiscarding] = useState<Job>()
  const list = useInfiniteQuery({
    ...pages('system', 'listJobs', state ? { state } : {}),
    refetchInterval: FRESH_MS
  })
  const refresh = () =>
    Promise.all(['listJobs', 'getOverview'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })))
  const retry = useMutation({
    mutationFn: (jobId: string) => api.system.retryJob({ jobId }),
    onSuccess: () => showToast(t('jobs.retried'), { tone: 'good' }),
    onError: (error) => showToast(words(error), { tone: 'bad' }),
    onSettled: refresh
  })
  const columns = useColumns(retry.isPending ? retry.variables : undefined, retry.mutate, setDiscarding)
  return (
    <Page title={t('jobs.title')} description={t('jobs.words')}>
      <DataTable
        label={t('jobs.title')}
        columns={columns}
        rows={list.data?.pages.flatMap(({ entries }) => entries)}
        rowKey={({ id }) => id}
        rowName={({ task }) => task}
        filters={[
          {
            key: 'state',
            label: t('people.status'),
            value: state ?? '',
            options: states.map((value) => ({ value, label: ui(`status.${value}`) })),
            onChange: (value) => setState(states.find((one) => one === value))
          }
        ]}
        more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={t('jobs.empty')}
      />
      <ConfirmDialog
        opened={discarding !== undefined}
        onClose={() => setDiscarding(undefined)}
        title={t('jobs.discardTitle')}
        confirm={t('jobs.discard')}
        onConfirm={async () => {
          if (discarding) await api.system.discardJob({ jobId: discarding.id })
          await refresh()
        }}
        danger
      >
        <p>{t('jobs.discardWords')}</p>
        <code className={classes.code} dir="ltr">
          {discarding?.task}
        </code>
      </ConfirmDialog>
    </Page>
  )
}

function useColumns(
  retrying: string | undefined,
  retry: (jobId: string) => void,
  discard: (job: Job) => void
): Column<Job>[] {
  const { t, i18n } = useTranslation('admin')
  const mayManage = useMay('system:manage')
  const number = new Intl.NumberFormat(i18n.language)
  return [
    {
      key: 'task',
      header: t('jobs.task'),
      primary: true,
      cell: ({ task, event, lastError }) => (
        <span className={classes.job}>
          <code dir="ltr">{event ? `${event.name} → ${event.subscriber}` : task}</code>
          {lastError ? (
            <span className={classes.error} dir="auto">
              {lastError}
            </span>
          ) : null}
        </span>
      )
    },
    { key: 'state', header: t('people.status'), cell: ({ state }) => <StatusPill status={state} /> },
    {
      key: 'attempts',
      header: t('jobs.attempts'),
      cell: ({ attempts, maxAttempts }) =>
        t('jobs.attemptsOf', { attempts: number.format(attempts), most: number.format(maxAttempts) })
    },
    {
      key: 'run',
      header: t('jobs.next'),
      cell: ({ state, runAt }) => (state === 'dead' ? t('jobs.noNext') : <RelativeTime at={runAt} />)
    },
    { key: 'created', header: t('jobs.created'), cell: ({ createdAt }) => <RelativeTime at={createdAt} show="both" /> },
    {
      key: 'actions',
      header: '',
      align: 'end',
      cell: (job) =>
        job.state === 'dead' && mayManage ? (
          <span className={classes.actions}>
            <Button
              size="sm"
              variant="light"
              aria-label={t('jobs.retryNamed', { task: job.task })}
              loading={retrying === job.id}
              onClick={() => retry(job.id)}
            >
              {t('jobs.retry')}
            </Button>
            <Button
              size="sm"
              variant="default"
              aria-label={t('jobs.discardNamed', { task: job.task })}
              onClick={() => discard(job)}
            >
              {t('jobs.discard')}
            </Button>
          </span>
        ) : null
    }
  ]
}
