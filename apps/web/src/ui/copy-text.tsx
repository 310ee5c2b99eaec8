import { Button, type ButtonProps, CopyButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { announce } from './announce.ts'

interface Props extends Pick<ButtonProps, 'variant' | 'size' | 'disabled'> {
  readonly value: string
  /** The verb on the button: "Copy the link". */
  readonly label: string
}

/** Puts a text on the clipboard; the button says so for a moment, and so does a voice. */
export function CopyText({ value, label, ...look }: Props) {
  const { t } = useTranslation('ui')
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Button
          {...look}
          onClick={() => {
            copy()
            announce(t('copied'))
          }}
        >
          {copied ? t('copied') : label}
        </Button>
      )}
    </CopyButton>
  )
}
