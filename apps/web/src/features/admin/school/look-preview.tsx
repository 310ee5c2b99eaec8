import type { School } from '@lyceum/user/contract'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { paletteOf } from '../../../ui/palette.ts'
import classes from './school.module.css'

interface Props {
  readonly theme: School['theme']
  readonly name: string
}

/** The tones of a colour where the real screens use them; see ui/tokens.css. */
const looks = ({ primaryColor, accentColor }: School['theme']) => {
  const brand = paletteOf(primaryColor)
  const accent = paletteOf(accentColor)
  return {
    light: {
      '--paper': '#f8f6f2',
      '--ink': '#1f1c17',
      '--rail': brand[7],
      '--text': brand[7],
      '--soft': brand[0],
      '--filled': brand[6],
      '--accent': accent[6]
    },
    dark: {
      '--paper': '#16161a',
      '--ink': '#ecebe8',
      '--rail': `color-mix(in srgb, ${brand[9]} 48%, #101013)`,
      '--text': brand[3],
      '--soft': `color-mix(in srgb, ${brand[6]} 24%, #1e1e23)`,
      '--filled': brand[5],
      '--accent': accent[4]
    }
  }
}

export function LookPreview({ theme, name }: Props) {
  const { t } = useTranslation('admin')
  const { light, dark } = looks(theme)
  return (
    <div className={classes.previews}>
      <Screen caption={t('school.light')} name={name} look={light} />
      <Screen caption={t('school.dark')} name={name} look={dark} />
    </div>
  )
}

interface ScreenProps {
  readonly caption: string
  readonly name: string
  readonly look: Readonly<Record<`--${string}`, string>>
}

function Screen({ caption, name, look }: ScreenProps) {
  const { t } = useTranslation('admin')
  // React's type of a style has no room for variables of our own.
  const style = look as CSSProperties
  return (
    <figure className={classes.preview}>
      <figcaption>{caption}</figcaption>
      <div className={classes.screen} style={style}>
        <div className={classes.rail}>
          <i />
          <i />
          <i />
        </div>
        <div className={classes.sheet}>
          <strong>{name}</strong>
          <span className={classes.textColor}>{t('school.sampleLink')}</span>
          <span className={classes.soft}>{t('school.sampleSoft')}</span>
          <span className={classes.accent} />
          <span className={classes.filled}>{t('school.sampleButton')}</span>
        </div>
      </div>
    </figure>
  )
}
