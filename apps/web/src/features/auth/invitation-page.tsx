import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { api, query } from '../../api.ts'
import { path } from '../../path.ts'
import { useSchool } from '../../shell/session.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useSubmit } from '../../ui/use-submit.ts'
import { useAfterSignIn } from './after-sign-in.ts'
import classes from './auth-layout.module.css'
import { AuthLayout } from './auth-layout.tsx'
import { NewAccountFields, useNewPasswordCheck } from './new-account-fields.tsx'
import { TokenGate } from './token-gate.tsx'

/** The first visit of somebody who was invited: a name, a password, and in. */
export default function InvitationPage() {
  const { t } = useTranslation('auth')
  const { token = '' } = useParams()
  const school = useSchool()
  const { data, error: gone, refetch } = useQuery(query('user', 'getInvitation', { token }))
  const afterSignIn = useAfterSignIn()
  const { onSubmit, pending, error, fieldError } = useSubmit(
    async ({ name = '', password = '' }) =>
      afterSignIn(await api.user.acceptInvitation({ token, name: name.trim(), password }), path.dashboard()),
    useNewPasswordCheck()
  )

  if (!data) return <TokenGate title={t('invitation.title')} error={gone} onRetry={() => void refetch()} />
  return (
    <AuthLayout
      title={t('invitation.title')}
      description={t('invitation.words', {
        by: data.invitedBy,
        school: school.name,
        role: t(`role.${data.role}`)
      })}
    >
      <form className={classes.form} onSubmit={onSubmit}>
        <ProblemAlert error={error} fields={['name', 'password']} />
        <NewAccountFields fieldError={fieldError} name={data.name} email={data.email} />
        <Button type="submit" size="lg" loading={pending} fullWidth>
          {t('invitation.submit')}
        </Button>
      </form>
    </AuthLayout>
  )
}
