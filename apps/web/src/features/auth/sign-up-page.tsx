import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useLocation } from 'react-router'
import { api } from '../../api.ts'
import { path } from '../../path.ts'
import { useSchool } from '../../shell/session.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useSubmit } from '../../ui/use-submit.ts'
import { useAfterSignIn } from './after-sign-in.ts'
import classes from './auth-layout.module.css'
import { AuthLayout } from './auth-layout.tsx'
import { NewAccountFields, useNewPasswordCheck } from './new-account-fields.tsx'
import { Providers } from './providers.tsx'

/** A new account, where the school lets people create their own. */
export default function SignUpPage() {
  const { t } = useTranslation('auth')
  const school = useSchool()
  const { search } = useLocation()
  const afterSignIn = useAfterSignIn()
  const { onSubmit, pending, error, fieldError } = useSubmit(
    async ({ name = '', email = '', password = '' }) =>
      afterSignIn(await api.user.signUp({ name: name.trim(), email: email.trim(), password })),
    useNewPasswordCheck()
  )

  if (!school.selfSignUp) return <Navigate to={path.signIn()} replace />
  return (
    <AuthLayout
      title={t('signUp.title')}
      footer={
        <p>
          {t('signUp.known')}{' '}
          <Link className={classes.link} to={{ pathname: path.signIn(), search }}>
            {t('signIn.submit')}
          </Link>
        </p>
      }
    >
      <Providers />
      <form className={classes.form} onSubmit={onSubmit}>
        <ProblemAlert error={error} fields={['name', 'email', 'password']} />
        <NewAccountFields fieldError={fieldError} />
        <Button type="submit" size="lg" loading={pending} fullWidth>
          {t('signUp.submit')}
        </Button>
      </form>
    </AuthLayout>
  )
}
