import type { Mail } from '@lyceum/notification/contract'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { pages, query } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StatusPill } from '../../ui/status-pill.tsx'
import { HeldNotice } from './mail/held-notice.tsx'
import classes from './mail/mail.module.css'
import { MailSheet } from './mail/mail-sheet.tsx'

const FRESH_MS = 15_000
const states = ['waiting', 'sent', 'held', 'failed'] as const satisfies readonly Mail['state'][]

/** Every message the school sends: whether it left, and where it is held, what it says. */
export default function MailPage() {
  const { t } = useTranslation('admin')
  const { t: ui } = useTranslation('ui')
  const [params, setParams] = useSearchParams()
  const [to, setTo] = useState('')
  const [openId, setOpenId] = useState<string>()
  const state = states.find((one) => one === params.get('state'))
  const settings = useQuery(query('notification', 'getMailSettings', {}))
  const list = useInfiniteQuery({
    ...pages('notification', 'listMails', { ...(state ? { state } : {}), ...(to ? { to } : {}) }),
    refetchInterval: FRESH_MS
  })
  const rows = list.data?.pages.flatMap(({ entries }) => entries)
  const columns: Column<Mail>[] = [
    {
      key: 'subject',
      header: t('mail.subject'),
      primary: true,
      cell: ({ id, subject }) => (
        <button type="button" className={classes.open} onClick={() => setOpenId(id)}>
          <bdi>{subject}</bdi>
        </button>
      )
    },
    { key: 'to', header: t('mail.to'), cell: (mail) => <bdi dir="ltr">{mail.to}</bdi> },
    { key: 'state', header: t('people.status'), cell: (mail) => <StatusPill status={mail.state} /> },
    {
      key: 'when',
      header: t('mail.when'),
      cell: ({ sentAt, createdAt }) => <RelativeTime at={sentAt ?? createdAt} show="both" />
    }
  ]
  return (
    <Page
      title={t('mail.title')}
      description={settings.data ? t('mail.words', { from: settings.data.from }) : undefined}
    >
      {settings.data?.transport === 'held' ? <HeldNotice /> : null}
      <DataTable
        label={t('mail.title')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowName={({ subject }) => subject}
        search={{ value: to, onChange: setTo, placeholder: t('mail.search') }}
        filters={[
          {
            key: 'state',
            label: t('people.status'),
            value: state ?? '',
            options: states.map((value) => ({ value, label: ui(`status.${value}`) })),
            onChange: (value) => setParams(value === '' ? {} : { state: value }, { replace: true })
          }
        ]}
        more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={t('mail.empty')}
      />
      <MailSheet mail={rows?.find(({ id }) => id === openId)} onClose={() => setOpenId(undefined)} />
    </Page>
  )
}
