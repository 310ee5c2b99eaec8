import { Button } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, pages } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { leave } from '../../shell/session.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StatusPill } from '../../ui/status-pill.tsx'
import { showToast } from '../../ui/toast.ts'
import { useProblemWords } from '../../ui/use-problem-words.ts'
import classes from './account.module.css'

/** Every device one is signed in on, to be ended one by one or all at once. */
export default function SignInsPage() {
  const { t } = useTranslation('account')
  const queryClient = useQueryClient()
  const words = useProblemWords()
  const [asking, setAsking] = useState(false)
  const list = useInfiniteQuery(pages('user', 'listSignIns', {}))
  const rows = list.data?.pages.flatMap(({ entries }) => entries)
  type Row = NonNullable<typeof rows>[number]

  const end = useMutation({
    mutationFn: ({ id }: Row) => api.user.endSignIn({ signInId: id }),
    onSuccess: async (_, { device }) => {
      showToast(t('signIns.ended', { device }))
      await queryClient.invalidateQueries({ queryKey: ['listSignIns'] })
    },
    onError: (error) => showToast(words(error), { tone: 'bad' })
  })
  const endAll = async () => {
    await api.user.endAllSignIns({})
    leave()
  }

  const columns: Column<Row>[] = [
    {
      key: 'device',
      header: t('signIns.device'),
      primary: true,
      cell: ({ device, current }) => (
        <span className={classes.device}>
          {device}
          {current ? <StatusPill status="active" label={t('signIns.current')} /> : null}
        </span>
      )
    },
    { key: 'method', header: t('signIns.method'), cell: ({ method }) => t(`signIns.methods.${method}`) },
    { key: 'address', header: t('signIns.address'), cell: ({ address }) => <bdi dir="ltr">{address}</bdi> },
    { key: 'lastUsed', header: t('signIns.lastUsed'), cell: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt} /> },
    { key: 'since', header: t('signIns.since'), cell: ({ createdAt }) => <RelativeTime at={createdAt} show="short" /> },
    {
      key: 'end',
      header: '',
      align: 'end',
      cell: (row) =>
        row.current ? null : (
          <Button
            variant="default"
            size="sm"
            aria-label={t('signIns.endNamed', { device: row.device })}
            loading={end.isPending && end.variables.id === row.id}
            onClick={() => end.mutate(row)}
          >
            {t('signIns.end')}
          </Button>
        )
    }
  ]

  return (
    <Page
      title={t('signIns.title')}
      description={t('signIns.words')}
      actions={
        <Button variant="default" onClick={() => setAsking(true)}>
          {t('signIns.endAll')}
        </Button>
      }
    >
      <DataTable
        label={t('signIns.label')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowName={({ device }) => device}
        empty={t('signIns.none')}
        error={list.error}
        onRetry={() => void list.refetch()}
        more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
      />
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('signIns.endAllTitle')}
        confirm={t('signIns.endAll')}
        onConfirm={endAll}
        danger
      >
        <p>{t('signIns.endAllWords')}</p>
      </ConfirmDialog>
    </Page>
  )
}
