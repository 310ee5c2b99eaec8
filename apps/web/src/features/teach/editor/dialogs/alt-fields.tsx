import { Checkbox, Textarea } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import { useTranslation } from 'react-i18next'
import classes from './dialogs.module.css'

interface Props {
  readonly alt: string
  readonly onAlt: (alt: string) => void
  readonly decorative: boolean
  readonly onDecorative: (decorative: boolean) => void
}

/** What a picture says, for those who do not see it. */
export function AltFields({ alt, onAlt, decorative, onDecorative }: Props) {
  const { t } = useTranslation('teach')
  return (
    <div className={classes.alt}>
      <Textarea
        data-autofocus
        label={t('picture.alt')}
        description={t('picture.altHint')}
        dir="auto"
        rows={2}
        maxLength={500}
        disabled={decorative}
        value={alt}
        onChange={(event) => onAlt(event.currentTarget.value)}
      />
      <Checkbox
        label={t('picture.decorative')}
        checked={decorative}
        onChange={(event) => onDecorative(event.currentTarget.checked)}
      />
    </div>
  )
}
