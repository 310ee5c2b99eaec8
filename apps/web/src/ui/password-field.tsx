import { PasswordInput } from '@mantine/core'
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs'
import IconEyeOff from '@tabler/icons-react/dist/esm/icons/IconEyeOff.mjs'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './password-field.module.css'

interface Props {
  readonly name: string
  readonly label: string
  /** `new-password` also says what a good one is. */
  readonly autoComplete: 'current-password' | 'new-password'
  readonly error?: string | undefined
  readonly autoFocus?: boolean
}

export const PASSWORD_MIN = 8

/** A password to type, paste or have filled in; can be looked at, and says when the capitals key is on. */
export function PasswordField({ name, label, autoComplete, error, autoFocus = false }: Props) {
  const { t } = useTranslation('ui')
  const [capitals, setCapitals] = useState(false)
  const [visible, setVisible] = useState(false)
  const look = (event: KeyboardEvent) => setCapitals(event.getModifierState('CapsLock'))
  return (
    <div>
      <PasswordInput
        name={name}
        label={label}
        required
        withAsterisk={false}
        autoComplete={autoComplete}
        dir="ltr"
        classNames={{ input: classes.input }}
        error={error}
        visible={visible}
        onVisibilityChange={setVisible}
        visibilityToggleIcon={({ reveal }) =>
          reveal ? <IconEyeOff size={20} aria-hidden /> : <IconEye size={20} aria-hidden />
        }
        visibilityToggleButtonProps={{
          'aria-label': visible ? t('password.hide') : t('password.show'),
          'aria-hidden': false,
          tabIndex: 0
        }}
        {...(autoComplete === 'new-password' ? { description: t('password.rules', { count: PASSWORD_MIN }) } : {})}
        {...(autoFocus ? { 'data-first': true } : {})}
        onKeyDown={look}
        onKeyUp={look}
        onBlur={() => setCapitals(false)}
      />
      <p role="status" className={classes.capitals}>
        {capitals ? t('password.capitals') : null}
      </p>
    </div>
  )
}
