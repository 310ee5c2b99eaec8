import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { api, query } from '../../api.ts'
import { path } from '../../path.ts'
import { PasswordField } from '../../ui/password-field.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useSubmit } from '../../ui/use-submit.ts'
import { useAfterSignIn } from './after-sign-in.ts'
import classes from './auth-layout.module.css'
import { AuthLayout } from './auth-layout.tsx'
import { useNewPasswordCheck } from './new-account-fields.tsx'
import { TokenGate } from './token-gate.tsx'

/** A new password, by the link from the e-mail. */
export default function ResetPasswordPage() {
  const { t } = useTranslation('auth')
  const { token = '' } = useParams()
  const { data, error: gone, refetch } = useQuery(query('user', 'getPasswordReset', { token }))
  const afterSignIn = useAfterSignIn()
  const { onSubmit, pending, error, fieldError } = useSubmit(
    async ({ password = '' }) => afterSignIn(await api.user.resetPassword({ token, password }), path.dashboard()),
    useNewPasswordCheck()
  )

  if (!data)
    return (
      <TokenGate
        title={t('resetPassword.title')}
        error={gone}
        onRetry={() => void refetch()}
        remedy={
          <Button component={Link} to={path.forgotPassword()} variant="default">
            {t('resetPassword.another')}
          </Button>
        }
      />
    )
  return (
    <AuthLayout title={t('resetPassword.title')} description={t('resetPassword.words', { email: data.email })}>
      <form className={classes.form} onSubmit={onSubmit}>
        <ProblemAlert error={error} fields={['password']} />
        {/* Password managers file the new password under this name. */}
        <input type="email" name="username" autoComplete="username" value={data.email} readOnly hidden />
        <PasswordField
          name="password"
          label={t('field.newPassword')}
          autoComplete="new-password"
          error={fieldError('password')}
          autoFocus
        />
        <Button type="submit" size="lg" loading={pending} fullWidth>
          {t('resetPassword.submit')}
        </Button>
      </form>
    </AuthLayout>
  )
}
