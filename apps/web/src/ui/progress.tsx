import { useTranslation } from 'react-i18next'
import classes from './progress.module.css'

interface Props {
  readonly completed: number
  readonly total: number
  /** What is being completed, for people who do not see the picture. */
  readonly label: string
}

/** "7 of 12" as a bar; the numbers stand beside it unless `bare`. */
export function ProgressBar({ completed, total, label, bare = false }: Props & { readonly bare?: boolean }) {
  const { t } = useTranslation('ui')
  const text = t('progress', { completed, total })
  return (
    <div className={classes.bar}>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={completed}
        aria-valuetext={text}
      >
        <div className={classes.fill} style={{ inlineSize: `${100 * share(completed, total)}%` }} />
      </div>
      {bare ? null : (
        <span className={classes.text} aria-hidden="true">
          {text}
        </span>
      )}
    </div>
  )
}

/** A share of a whole as a ring with the percentage inside. */
export function ProgressRing({ completed, total, label, size = 56 }: Props & { readonly size?: number }) {
  const { t, i18n } = useTranslation('ui')
  const part = share(completed, total)
  const around = 2 * Math.PI * 20
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 48 48"
      role="img"
      aria-label={`${label}: ${t('progress', { completed, total })}`}
      className={classes.ring}
    >
      <circle cx="24" cy="24" r="20" className={classes.ringTrack} />
      <circle
        cx="24"
        cy="24"
        r="20"
        className={classes.ringFill}
        strokeDasharray={`${part * around} ${around}`}
        strokeLinecap={part === 0 ? 'butt' : 'round'}
        transform="rotate(-90 24 24)"
      />
      <text x="24" y="24" className={classes.ringText} data-whole={part === 1 || undefined}>
        {new Intl.NumberFormat(i18n.language, { style: 'percent' }).format(Math.floor(part * 100) / 100)}
      </text>
    </svg>
  )
}

const share = (completed: number, total: number): number => (total > 0 ? Math.min(1, completed / total) : 0)
