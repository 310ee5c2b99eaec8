import { Button } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { useMe } from '../../shell/session.ts'
import { PASSWORD_MIN, PasswordField } from '../../ui/password-field.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Surface } from '../../ui/surface.tsx'
import { showToast } from '../../ui/toast.ts'
import { useSubmit } from '../../ui/use-submit.ts'
import classes from './account.module.css'

/** A new password for oneself. */
export default function PasswordPage() {
  const { t } = useTranslation('account')
  const { t: ui } = useTranslation('ui')
  const me = useMe()
  const form = useRef<HTMLFormElement>(null)
  const { onSubmit, pending, error, fieldError } = useSubmit(
    async ({ currentPassword = '', newPassword = '' }) => {
      await api.user.changePassword({ currentPassword, newPassword })
      form.current?.reset()
      showToast(t('password.done'), { tone: 'good' })
    },
    ({ newPassword = '' }) => ({
      newPassword: [...newPassword].length < PASSWORD_MIN ? ui('password.short', { count: PASSWORD_MIN }) : undefined
    })
  )

  return (
    <Page title={t('password.title')} description={t('password.words')} width="form">
      <Surface>
        <form ref={form} onSubmit={onSubmit} className={classes.stack}>
          <ProblemAlert error={error} fields={['currentPassword', 'newPassword', 'password']} />
          {/* Password managers file the new password under this name. */}
          <input type="email" name="username" autoComplete="username" value={me.email} readOnly hidden />
          <PasswordField
            name="currentPassword"
            label={t('password.current')}
            autoComplete="current-password"
            error={fieldError('currentPassword')}
          />
          <PasswordField
            name="newPassword"
            label={t('password.next')}
            autoComplete="new-password"
            error={fieldError('newPassword') ?? fieldError('password')}
          />
          <div>
            <Button type="submit" loading={pending}>
              {t('password.submit')}
            </Button>
          </div>
        </form>
      </Surface>
    </Page>
  )
}
