import { Button, Input } from '@mantine/core'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { contrast, paletteOf, TEXT_CONTRAST } from '../../../ui/palette.ts'
import classes from './settings.module.css'

interface Props {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error?: string | undefined
}

/** Each carries white text and is told from its neighbours. */
const SUGGESTED = [
  '#1f5fbf',
  '#0b7285',
  '#2b7a3f',
  '#5f6f0a',
  '#8a5a00',
  '#b3471d',
  '#b32d4b',
  '#a12f86',
  '#6f42c1',
  '#4756b8',
  '#4a6072',
  '#7a5548'
]

/** The colour of a course: some to choose from, any other by hand, and whether white can be read on it. */
export function ColorField({ value, onChange, error }: Props) {
  const { t, i18n } = useTranslation('teach')
  const id = useId()
  const reached = contrast(value, '#ffffff')
  const ratio = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(
    reached
  )
  const better = paletteOf(value)[6]
  return (
    <Input.Wrapper label={t('courseSettings.color')} labelProps={{ htmlFor: id }} {...(error ? { error } : {})}>
      <fieldset className={classes.swatches} aria-label={t('courseSettings.colorSuggested')}>
        {SUGGESTED.map((color) => (
          <button
            key={color}
            type="button"
            className={classes.swatch}
            style={{ backgroundColor: color }}
            aria-label={color}
            aria-pressed={color === value.toLowerCase()}
            onClick={() => onChange(color)}
          >
            {color === value.toLowerCase() ? <IconCheck size={20} stroke={3} aria-hidden /> : null}
          </button>
        ))}
      </fieldset>
      <div className={classes.own}>
        <input
          id={id}
          type="color"
          className={classes.picker}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <span className={classes.sample} style={{ backgroundColor: value }}>
          {t('courseSettings.colorSample')}
        </span>
        <span role="status" className={classes.contrast} data-bad={reached < TEXT_CONTRAST || undefined}>
          {t(reached < TEXT_CONTRAST ? 'courseSettings.contrastBad' : 'courseSettings.contrastGood', { ratio })}
        </span>
        {reached < TEXT_CONTRAST ? (
          <Button size="compact-md" variant="default" onClick={() => onChange(better)}>
            {t('courseSettings.contrastFix')}
          </Button>
        ) : null}
      </div>
    </Input.Wrapper>
  )
}
