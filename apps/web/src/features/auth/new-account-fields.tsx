import { TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PASSWORD_MIN, PasswordField } from '../../ui/password-field.tsx'

interface Props {
  readonly fieldError: (name: string) => string | undefined
  readonly name?: string
  /** Given when the address is already known and must not change. */
  readonly email?: string
}

/** Name, address and password of a new account. */
export function NewAccountFields({ fieldError, name = '', email }: Props) {
  const { t } = useTranslation('auth')
  return (
    <>
      <TextInput
        name="name"
        label={t('field.name')}
        description={t('field.nameHint')}
        required
        withAsterisk={false}
        maxLength={200}
        autoComplete="name"
        defaultValue={name}
        error={fieldError('name')}
        data-first
      />
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
        defaultValue={email ?? ''}
        readOnly={email !== undefined}
        error={fieldError('email')}
      />
      <PasswordField
        name="password"
        label={t('field.newPassword')}
        autoComplete="new-password"
        error={fieldError('password')}
      />
    </>
  )
}

/** What can be said about a new password without asking the server, which checks it again. */
export function useNewPasswordCheck() {
  const { t } = useTranslation('ui')
  return ({ password = '' }: Record<string, string>): Record<string, string | undefined> => ({
    password: [...password].length < PASSWORD_MIN ? t('password.short', { count: PASSWORD_MIN }) : undefined
  })
}
