import type { Person } from '@lyceum/user/contract'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { Surface } from '../../../ui/surface.tsx'
import { showToast } from '../../../ui/toast.ts'
import { useSubmit } from '../../../ui/use-submit.ts'
import { roleOf, useRoleOptions } from '../roles.ts'
import { isStale, StaleNotice } from '../stale-notice.tsx'
import classes from './people.module.css'

interface Props {
  readonly person: Person
  readonly mayManage: boolean
  readonly onChanged: (person: Person) => Promise<void>
}

/** Name and role; the address belongs to the person and is shown. */
export function PersonForm({ person, mayManage, onChanged }: Props) {
  const { t } = useTranslation('admin')
  const options = useRoleOptions()
  const { onSubmit, pending, error, fieldError } = useSubmit(async ({ name = '', role }) => {
    const changed = await whileSaving(
      api.user.updatePerson(
        { userId: person.id, name: name.trim(), role: roleOf(role) ?? person.role },
        { ifMatch: person.version }
      )
    )
    showToast(t('saved'), { tone: 'good' })
    await onChanged(changed)
  })
  const load = async () => onChanged(await api.user.getPerson({ userId: person.id }))

  return (
    <Surface title={t('person.about')}>
      <dl className={classes.facts}>
        <div>
          <dt>{t('people.email')}</dt>
          <dd>
            <bdi dir="ltr">{person.email}</bdi>{' '}
            {person.emailVerified ? <StatusPill status="done" label={t('person.verified')} /> : null}
          </dd>
        </div>
        <div>
          <dt>{t('people.lastActive')}</dt>
          <dd>{person.lastActiveAt ? <RelativeTime at={person.lastActiveAt} show="both" /> : t('people.never')}</dd>
        </div>
        <div>
          <dt>{t('people.since')}</dt>
          <dd>
            <RelativeTime at={person.createdAt} show="short" />
          </dd>
        </div>
      </dl>
      <form onSubmit={onSubmit} className={classes.fields}>
        <StaleNotice error={error} onLoad={() => void load()} />
        {isStale(error) ? null : <ProblemAlert error={error} fields={['name', 'role']} />}
        <TextInput
          name="name"
          label={t('people.name')}
          required
          withAsterisk={false}
          maxLength={200}
          readOnly={!mayManage}
          defaultValue={person.name}
          error={fieldError('name')}
        />
        <NativeSelect
          name="role"
          label={t('people.role')}
          description={t('person.roleHint')}
          disabled={!mayManage}
          defaultValue={person.role}
          data={options}
          error={fieldError('role')}
        />
        {mayManage ? (
          <div>
            <Button type="submit" loading={pending}>
              {t('save')}
            </Button>
          </div>
        ) : null}
      </form>
    </Surface>
  )
}
