import { Button, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useLocation, useSearchParams } from 'react-router'
import { api } from '../../api.ts'
import { path, safeReturn } from '../../path.ts'
import { useMaybeMe, useSchool } from '../../shell/session.ts'
import { PasswordField } from '../../ui/password-field.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useCodeWords } from '../../ui/use-problem-words.ts'
import { useSubmit } from '../../ui/use-submit.ts'
import { useAfterSignIn } from './after-sign-in.ts'
import classes from './auth-layout.module.css'
import { AuthLayout } from './auth-layout.tsx'
import { Providers } from './providers.tsx'

/** Signing in, with a password or through the school's own sign-in. */
export default function SignInPage() {
  const { t } = useTranslation('auth')
  const school = useSchool()
  const me = useMaybeMe()
  const [params] = useSearchParams()
  const location = useLocation()
  const ended: unknown = location.state
  const codeWords = useCodeWords()
  const afterSignIn = useAfterSignIn()
  const { onSubmit, pending, error, fieldError } = useSubmit(async ({ email = '', password = '', remember }) =>
    afterSignIn(await api.user.signIn({ email: email.trim(), password, remember: remember === 'on' }))
  )

  if (me && !pending) return <Navigate to={safeReturn(params.get('to'))} replace />
  return (
    <AuthLayout
      title={t('signIn.title')}
      footer={
        school.selfSignUp ? (
          <p>
            {t('signIn.new')}{' '}
            <Link className={classes.link} to={{ pathname: path.signUp(), search: location.search }}>
              {t('signIn.signUp')}
            </Link>
          </p>
        ) : (
          <p>{t('signIn.invitedOnly')}</p>
        )
      }
    >
      {isEnded(ended) ? (
        <p className={classes.note} role="status">
          {t('signIn.ended')}
        </p>
      ) : null}
      {params.has('error') ? (
        <p className={classes.note} role="alert">
          {codeWords(params.get('error') ?? '') ?? t('signIn.providerFailed')}
        </p>
      ) : null}
      <Providers />
      {/* Should it ever be sent without our code, no password may end in an address. */}
      <form className={classes.form} method="post" onSubmit={onSubmit}>
        <ProblemAlert error={error} fields={['email', 'password']} />
        <TextInput
          name="email"
          type="email"
          label={t('field.email')}
          required
          withAsterisk={false}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          dir="ltr"
          defaultValue={params.get('email') ?? ''}
          error={fieldError('email')}
          data-first
        />
        <PasswordField
          name="password"
          label={t('field.password')}
          autoComplete="current-password"
          error={fieldError('password')}
        />
        <div className={classes.row}>
          <label className={classes.check}>
            <input type="checkbox" name="remember" />
            {t('signIn.remember')}
          </label>
          <Link className={classes.link} to={path.forgotPassword()}>
            {t('signIn.forgot')}
          </Link>
        </div>
        <Button type="submit" size="lg" loading={pending} fullWidth>
          {t('signIn.submit')}
        </Button>
      </form>
    </AuthLayout>
  )
}

const isEnded = (state: unknown): boolean =>
  typeof state === 'object' && state !== null && 'ended' in state && state.ended === true
