import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './count-chips.module.css'

export interface CountChip {
  readonly key: string
  readonly label: string
  readonly icon: ReactNode
  readonly count?: number | undefined
  readonly tone?: 'quiet' | 'good' | 'info' | 'bad'
}

interface Props {
  /** What is counted and filtered, for people who hear it. */
  readonly label: string
  readonly chips: readonly CountChip[]
  /** Key of the chosen chip; '' is everything. */
  readonly value: string
  readonly onChoose: (key: string) => void
}

/** Numbers that are filters: choosing one shows its rows, choosing it again shows all. */
export function CountChips({ label, chips, value, onChoose }: Props) {
  const { i18n } = useTranslation()
  const number = new Intl.NumberFormat(i18n.language)
  return (
    <fieldset className={classes.chips} aria-label={label}>
      {chips.map(({ key, label, icon, count, tone = 'quiet' }) => (
        <button
          key={key}
          type="button"
          className={classes.chip}
          data-tone={tone}
          aria-pressed={value === key}
          onClick={() => onChoose(value === key ? '' : key)}
        >
          {icon}
          {count === undefined ? null : <strong>{number.format(count)}</strong>}
          <span>{label}</span>
        </button>
      ))}
    </fieldset>
  )
}
