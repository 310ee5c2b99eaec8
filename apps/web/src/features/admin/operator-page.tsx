import type { Tenant } from '@lyceum/user/contract'
import { Button } from '@mantine/core'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { pages } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { StatusPill } from '../../ui/status-pill.tsx'
import { shortDate } from '../../ui/time-words.ts'
import { useViewer } from '../../ui/viewer.tsx'
import { EditSchoolDialog } from './operator/edit-school-dialog.tsx'
import { NewSchoolDialog } from './operator/new-school-dialog.tsx'
import classes from './operator/operator.module.css'
import { SuspendButton } from './operator/suspend-button.tsx'

type School = Static<typeof Tenant>

/** Every school of this installation. */
export default function OperatorPage() {
  const { t } = useTranslation('admin')
  const [adding, setAdding] = useState(false)
  const [editing, setEditing] = useState<School>()
  const list = useInfiniteQuery(pages('user', 'listTenants', {}))
  const columns = useColumns(setEditing)
  return (
    <Page
      title={t('operator.title')}
      description={t('operator.words')}
      actions={
        <Button leftSection={<IconPlus size={20} aria-hidden />} onClick={() => setAdding(true)}>
          {t('operator.add')}
        </Button>
      }
    >
      <DataTable
        label={t('operator.title')}
        columns={columns}
        rows={list.data?.pages.flatMap(({ entries }) => entries)}
        rowKey={({ id }) => id}
        rowName={({ name }) => name}
        more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={t('operator.empty')}
        exportName={t('operator.fileName')}
      />
      {adding ? <NewSchoolDialog onClose={() => setAdding(false)} /> : null}
      {editing ? <EditSchoolDialog school={editing} onClose={() => setEditing(undefined)} /> : null}
    </Page>
  )
}

function useColumns(edit: (school: School) => void): Column<School>[] {
  const { t, i18n } = useTranslation('admin')
  const { locale, timeZone } = useViewer()
  const number = new Intl.NumberFormat(i18n.language)
  return [
    {
      key: 'name',
      header: t('operator.name'),
      primary: true,
      sortBy: ({ name }) => name,
      text: ({ name }) => name,
      cell: ({ name }) => <bdi>{name}</bdi>
    },
    {
      key: 'hosts',
      header: t('operator.hosts'),
      text: ({ hosts }) => hosts.join(' '),
      cell: ({ hosts }) => (
        <ul className={classes.hosts} dir="ltr">
          {hosts.map((host) => (
            <li key={host}>{host}</li>
          ))}
        </ul>
      )
    },
    {
      key: 'people',
      header: t('operator.people'),
      align: 'end',
      sortBy: ({ people }) => people,
      text: ({ people }) => String(people),
      cell: ({ people }) => number.format(people)
    },
    {
      key: 'status',
      header: t('people.status'),
      text: ({ status }) => status,
      cell: ({ status }) => <StatusPill status={status} />
    },
    {
      key: 'since',
      header: t('people.since'),
      sortBy: ({ createdAt }) => createdAt,
      text: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => shortDate(new Date(createdAt), locale, timeZone)
    },
    {
      key: 'actions',
      header: '',
      align: 'end',
      cell: (school) => (
        <span className={classes.actions}>
          <Button
            size="sm"
            variant="default"
            aria-label={t('operator.editNamed', { name: school.name })}
            onClick={() => edit(school)}
          >
            {t('operator.edit')}
          </Button>
          <SuspendButton school={school} />
        </span>
      )
    }
  ]
}
