import type { Enrolment, EnrolmentRole } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { pages } from '../../../api.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { PersonName } from '../../../ui/person-name.tsx'
import { ProgressBar } from '../../../ui/progress.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { shortDate } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import { useRoleOptions } from '../role-options.ts'
import { PersonActions } from './person-actions.tsx'
import classes from './roster.module.css'
import { useCopyAddresses } from './use-copy-addresses.ts'
import { useEndEnrolments } from './use-end-enrolments.ts'

interface Props {
  readonly courseId: string
  readonly mayManage: boolean
  readonly search: string
  readonly onSearch: (search: string) => void
  readonly role: EnrolmentRole | undefined
  readonly onRole: (role: string) => void
  readonly emptyAction: ReactNode
}

/** The people of a course, to be searched, told apart by role, changed and exported. */
export function Roster({ courseId, mayManage, search, onSearch, role, onRole, emptyAction }: Props) {
  const { t } = useTranslation('people')
  const list = useInfiniteQuery(
    pages('course', 'listEnrolments', { courseId, ...(role ? { role } : {}), ...(search ? { search } : {}) })
  )
  const options = useRoleOptions()
  const columns = useColumns(mayManage)
  return (
    <DataTable
      label={t('coursePeople.label')}
      columns={columns}
      rows={list.data?.pages.flatMap(({ entries }) => entries)}
      rowKey={({ id }) => id}
      rowName={({ name }) => name}
      search={{ value: search, onChange: onSearch, placeholder: t('coursePeople.search') }}
      filters={[{ key: 'role', label: t('role'), value: role ?? '', options, onChange: onRole }]}
      total={list.data?.pages[0]?.total}
      more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
      error={list.error}
      onRetry={() => void list.refetch()}
      empty={t('coursePeople.empty')}
      emptyAction={emptyAction}
      exportName={t('coursePeople.fileName')}
      bulk={(selected, clear) => <Bulk selected={selected} clear={clear} mayManage={mayManage} />}
    />
  )
}

function useColumns(mayManage: boolean): Column<Enrolment>[] {
  const { t } = useTranslation('people')
  const { locale, timeZone } = useViewer()
  const status = ({ status }: Enrolment) => t(`coursePeople.${status}`)
  return [
    {
      key: 'name',
      header: t('name'),
      primary: true,
      sortBy: ({ name }) => name,
      text: ({ name }) => name,
      cell: ({ name, email }) => <PersonName name={name} email={email} />
    },
    { key: 'email', header: t('email'), hidden: true, text: ({ email }) => email, cell: () => null },
    {
      key: 'role',
      header: t('role'),
      sortBy: ({ role }) => t(`roles.${role}`),
      text: ({ role }) => t(`roles.${role}`),
      cell: (enrolment) => (
        <span className={classes.role}>
          {t(`roles.${enrolment.role}`)}
          {enrolment.role === 'observer' ? (
            <span className={classes.quiet}>{t('coursePeople.follows', { count: enrolment.observes.length })}</span>
          ) : null}
        </span>
      )
    },
    {
      key: 'status',
      header: t('status'),
      text: status,
      cell: (enrolment) => <StatusPill status={enrolment.status} label={status(enrolment)} />
    },
    {
      key: 'seen',
      header: t('lastSeen'),
      sortBy: ({ lastSeenAt }) => lastSeenAt ?? '',
      text: ({ lastSeenAt }) => (lastSeenAt ? shortDate(new Date(lastSeenAt), locale, timeZone) : ''),
      cell: ({ lastSeenAt }) =>
        lastSeenAt ? <RelativeTime at={lastSeenAt} /> : <span className={classes.quiet}>{t('never')}</span>
    },
    {
      key: 'progress',
      header: t('progress'),
      sortBy: ({ completed, total }) => completed / Math.max(1, total),
      text: ({ role, completed, total }) => (role === 'learner' ? `${completed}/${total}` : ''),
      cell: ({ role, name, completed, total }) =>
        role === 'learner' ? (
          <div className={classes.progress}>
            <ProgressBar completed={completed} total={total} label={t('coursePeople.progressOf', { name })} />
          </div>
        ) : (
          <span className={classes.quiet}>—</span>
        )
    },
    ...(mayManage
      ? [
          {
            key: 'actions',
            header: '',
            align: 'end' as const,
            cell: (enrolment: Enrolment) => <PersonActions enrolment={enrolment} />
          }
        ]
      : [])
  ]
}

interface BulkProps {
  readonly selected: readonly Enrolment[]
  readonly clear: () => void
  readonly mayManage: boolean
}

function Bulk({ selected, clear, mayManage }: BulkProps) {
  const { t } = useTranslation('people')
  const end = useEndEnrolments()
  const copy = useCopyAddresses()
  const [ending, setEnding] = useState(false)
  const run = async () => {
    setEnding(true)
    await end(selected).finally(() => setEnding(false))
    clear()
  }
  return (
    <>
      <Button variant="default" size="sm" onClick={() => void copy(selected)}>
        {t('coursePeople.copy')}
      </Button>
      {mayManage ? (
        <Button variant="default" size="sm" loading={ending} onClick={() => void run()}>
          {t('coursePeople.remove')}
        </Button>
      ) : null}
    </>
  )
}
