import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { api } from '../../api.ts'
import { path } from '../../path.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useSubmit } from '../../ui/use-submit.ts'
import classes from './auth-layout.module.css'
import { AuthLayout } from './auth-layout.tsx'

/** Asks for a reset link. What is said never tells whether the address is known. */
export default function ForgotPasswordPage() {
  const { t } = useTranslation('auth')
  const [params] = useSearchParams()
  const [sentTo, setSentTo] = useState<string>()
  const { onSubmit, pending, error, fieldError } = useSubmit(async ({ email = '' }) => {
    await api.user.requestPasswordReset({ email: email.trim() })
    setSentTo(email.trim())
  })
  const back = (
    <Link className={classes.link} to={path.signIn()}>
      {t('back')}
    </Link>
  )

  if (sentTo)
    return (
      <AuthLayout title={t('forgotPassword.sentTitle')} footer={back}>
        <p className={`${classes.note} ${classes.good}`} role="status">
          {t('forgotPassword.sent', { email: sentTo })}
        </p>
        <p>{t('forgotPassword.nothing')}</p>
        <Button variant="default" onClick={() => setSentTo(undefined)}>
          {t('forgotPassword.again')}
        </Button>
      </AuthLayout>
    )
  return (
    <AuthLayout title={t('forgotPassword.title')} description={t('forgotPassword.words')} footer={back}>
      <form className={classes.form} onSubmit={onSubmit}>
        <ProblemAlert error={error} fields={['email']} />
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
        <Button type="submit" size="lg" loading={pending} fullWidth>
          {t('forgotPassword.submit')}
        </Button>
      </form>
    </AuthLayout>
  )
}
