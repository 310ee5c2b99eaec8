import type { Person } from '@lyceum/user/contract'
import { Button } from '@mantine/core'
import IconFileSpreadsheet from '@tabler/icons-react/dist/esm/icons/IconFileSpreadsheet.mjs'
import IconUserPlus from '@tabler/icons-react/dist/esm/icons/IconUserPlus.mjs'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { pages } from '../../api.ts'
import { path } from '../../path.ts'
import { Page } from '../../shell/page.tsx'
import { useMay } from '../../shell/session.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { BulkDeactivate } from './people/bulk-deactivate.tsx'
import { InviteDialog } from './people/invite-dialog.tsx'
import { usePeopleColumns } from './people/use-people-columns.tsx'
import { roleOf, statusOf, useRoleOptions, useStatusOptions } from './roles.ts'

/** Everyone with an account in the school; what is searched for stands in the address, so that it can be sent on. */
export default function PeoplePage() {
  const { t } = useTranslation('admin')
  const mayManage = useMay('people:manage')
  const [params, setParams] = useSearchParams()
  const [inviting, setInviting] = useState(false)
  const search = params.get('search') ?? ''
  const role = roleOf(params.get('role'))
  const status = statusOf(params.get('status'))
  const narrow = useCallback(
    (key: string, value: string) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          if (value === '') next.delete(key)
          else next.set(key, value)
          return next
        },
        { replace: true }
      ),
    [setParams]
  )
  const find = useCallback((value: string) => narrow('search', value), [narrow])
  const list = useInfiniteQuery(
    pages('user', 'listPeople', {
      ...(search ? { search } : {}),
      ...(role ? { role } : {}),
      ...(status ? { status } : {})
    })
  )
  const columns = usePeopleColumns()
  const roleOptions = useRoleOptions()
  const statusOptions = useStatusOptions()

  return (
    <Page
      title={t('people.title')}
      description={t('people.words')}
      actions={
        mayManage ? (
          <>
            <Button
              variant="default"
              component={Link}
              to={path.peopleImport()}
              leftSection={<IconFileSpreadsheet size={20} aria-hidden />}
            >
              {t('people.import')}
            </Button>
            <Button leftSection={<IconUserPlus size={20} aria-hidden />} onClick={() => setInviting(true)}>
              {t('people.invite')}
            </Button>
          </>
        ) : null
      }
    >
      <DataTable
        label={t('people.label')}
        columns={columns}
        rows={list.data?.pages.flatMap(({ entries }) => entries)}
        rowKey={({ id }) => id}
        rowName={({ name }) => name}
        search={{ value: search, onChange: find, placeholder: t('people.search') }}
        filters={[
          {
            key: 'role',
            label: t('people.role'),
            value: role ?? '',
            options: roleOptions,
            onChange: (value) => narrow('role', value)
          },
          {
            key: 'status',
            label: t('people.status'),
            value: status ?? '',
            options: statusOptions,
            onChange: (value) => narrow('status', value)
          }
        ]}
        total={list.data?.pages[0]?.total}
        more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={t('people.empty')}
        exportName={t('people.fileName')}
        {...(mayManage
          ? {
              bulk: (selected: readonly Person[], clear: () => void) => (
                <BulkDeactivate selected={selected} clear={clear} />
              )
            }
          : {})}
      />
      {inviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
    </Page>
  )
}
