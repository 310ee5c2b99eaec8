import type { School } from '@lyceum/user/contract'
import { TextInput } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { contrast, paletteOf, TEXT_CONTRAST } from '../../../ui/palette.ts'
import { LookPreview } from './look-preview.tsx'
import classes from './school.module.css'

type Theme = School['theme']

interface Props {
  readonly theme: Theme
  readonly name: string
  readonly onChange: (theme: Theme) => void
}

const HEX = /^#[0-9a-f]{6}$/i

/** Two colours, and at once how the school will look with them, by day and by night. */
export function ColorChoice({ theme, name, onChange }: Props) {
  const { t } = useTranslation('admin')
  return (
    <>
      <div className={classes.colors}>
        <ColorField
          label={t('school.primary')}
          value={theme.primaryColor}
          onChange={(primaryColor) => onChange({ ...theme, primaryColor })}
        />
        <ColorField
          label={t('school.accent')}
          value={theme.accentColor}
          onChange={(accentColor) => onChange({ ...theme, accentColor })}
        />
      </div>
      <LookPreview theme={theme} name={name} />
    </>
  )
}

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (color: string) => void
}

function ColorField({ label, value, onChange }: FieldProps) {
  const { t } = useTranslation('admin')
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const valid = HEX.test(text)
  return (
    <div className={classes.color}>
      <input
        type="color"
        className={classes.well}
        aria-label={t('school.pick', { what: label })}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <TextInput
        label={label}
        value={text}
        dir="ltr"
        maxLength={7}
        spellCheck={false}
        onChange={(event) => {
          const typed = event.currentTarget.value
          setText(typed)
          if (HEX.test(typed)) onChange(typed.toLowerCase())
        }}
        error={valid ? undefined : t('school.notAColor')}
      />
      <Verdict color={value} />
    </div>
  )
}

/** Colours that white letters cannot stand on are darkened by themselves; the school is told to what. */
function Verdict({ color }: { readonly color: string }) {
  const { t, i18n } = useTranslation('admin')
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 })
  const ratio = contrast(color, '#ffffff')
  const used = paletteOf(color)[6]
  const ok = ratio >= TEXT_CONTRAST
  const values = { ratio: number.format(ratio), used: `\u2066${used}\u2069` }
  return (
    <p className={classes.verdict} data-ok={ok} role="status">
      {ok ? <IconCircleCheck size={16} aria-hidden /> : <IconAlertTriangle size={16} aria-hidden />}
      <span>
        {ok ? t('school.readable', values) : t('school.tooLight', values)}{' '}
        {ok ? null : <span className={classes.swatch} style={{ background: used }} aria-hidden="true" />}
      </span>
    </p>
  )
}
