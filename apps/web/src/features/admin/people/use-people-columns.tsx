import type { Person } from '@lyceum/user/contract'
import { Anchor } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import type { Column } from '../../../ui/data-table.tsx'
import { PersonName } from '../../../ui/person-name.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { shortDate } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'

export function usePeopleColumns(): Column<Person>[] {
  const { t } = useTranslation('admin')
  const { t: ui } = useTranslation('ui')
  const { locale, timeZone } = useViewer()
  const date = (at: string | null) => (at ? shortDate(new Date(at), locale, timeZone) : '')
  return [
    {
      key: 'name',
      header: t('people.name'),
      primary: true,
      text: ({ name }) => name,
      cell: ({ id, name, email }) => (
        <PersonName name={name} email={email}>
          <Anchor component={Link} to={path.person({ userId: id })} fw={600}>
            <bdi>{name}</bdi>
          </Anchor>
        </PersonName>
      )
    },
    { key: 'email', header: t('people.email'), hidden: true, text: ({ email }) => email, cell: () => null },
    {
      key: 'role',
      header: t('people.role'),
      text: ({ role }) => t(`roles.${role}`),
      cell: ({ role }) => t(`roles.${role}`)
    },
    {
      key: 'status',
      header: t('people.status'),
      text: ({ status }) => ui(`status.${status}`),
      cell: ({ status }) => <StatusPill status={status} />
    },
    {
      key: 'active',
      header: t('people.lastActive'),
      text: ({ lastActiveAt }) => date(lastActiveAt),
      cell: ({ lastActiveAt }) => (lastActiveAt ? <RelativeTime at={lastActiveAt} /> : t('people.never'))
    },
    {
      key: 'since',
      header: t('people.since'),
      text: ({ createdAt }) => date(createdAt),
      cell: ({ createdAt }) => date(createdAt)
    }
  ]
}
