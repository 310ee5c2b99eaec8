import type { Person } from '@lyceum/user/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { query } from '../../api.ts'
import { path } from '../../path.ts'
import { Page } from '../../shell/page.tsx'
import { useMay } from '../../shell/session.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { StatusPill } from '../../ui/status-pill.tsx'
import classes from './people/people.module.css'
import { PersonAccount } from './people/person-account.tsx'
import { PersonForm } from './people/person-form.tsx'
import { PersonPermissions } from './people/person-permissions.tsx'

/** One account: who it is, what it may do and why, and whether it works. */
export default function PersonPage() {
  const { t } = useTranslation('admin')
  const { userId = '' } = useParams()
  const person = useQuery(query('user', 'getPerson', { userId }))
  return (
    <Page
      title={person.data?.name ?? t('person.title')}
      crumbs={[{ label: t('people.title'), to: path.people() }]}
      width="form"
      {...(person.data ? { aside: <StatusPill status={person.data.status} /> } : {})}
    >
      {person.data ? (
        <Account person={person.data} />
      ) : person.error ? (
        <ErrorState error={person.error} onRetry={() => void person.refetch()} />
      ) : (
        <Loading shape="page" />
      )}
    </Page>
  )
}

function Account({ person }: { readonly person: Person }) {
  const mayManage = useMay('people:manage')
  const queryClient = useQueryClient()
  // What was on the screen when editing began; a refetch in the background must not move the version under the form.
  const [base, setBase] = useState(person)
  const keep = async (changed: Person) => {
    setBase(changed)
    queryClient.setQueryData(query('user', 'getPerson', { userId: person.id }).queryKey, changed)
    await Promise.all(
      ['listPeople', 'explainPermissions'].map((key) => queryClient.invalidateQueries({ queryKey: [key] }))
    )
  }
  return (
    <div className={classes.stack}>
      <PersonForm key={base.version} person={base} mayManage={mayManage} onChanged={keep} />
      {mayManage ? (
        <>
          <PersonAccount person={person} onChanged={keep} />
          <PersonPermissions userId={person.id} />
        </>
      ) : null}
    </div>
  )
}
