import type { StatusHistory } from '@lyceum/platform/system/contract'
import { useTranslation } from 'react-i18next'
import { useHistoryWords } from './history-words.ts'
import classes from './status.module.css'

type PartHistory = StatusHistory['parts'][number]

/** How a part did in the last 24 hours: to be seen at a glance, and in words for everybody. */
export function HistoryStrip({ part, history }: { readonly part: PartHistory; readonly history: StatusHistory }) {
  const { t } = useTranslation('admin')
  const words = useHistoryWords(history)
  const begin = Date.parse(history.from)
  const moments = part.slots.map((moment, place) => ({ moment, at: begin + place * history.slotMinutes * 60_000 }))
  return (
    <div className={classes.history}>
      {/* The words below say the same. */}
      <div className={classes.strip} aria-hidden>
        {moments.map(({ moment, at }) => (
          <span key={at} className={classes.moment} data-moment={moment} />
        ))}
      </div>
      <p className={classes.quiet}>
        {t('status.history.lastDay')} {words(part.slots)}
      </p>
    </div>
  )
}

/** What the heights and colours of the strips mean. */
export function HistoryLegend() {
  const { t } = useTranslation('admin')
  const moments = ['healthy', 'degraded', 'away', 'unknown'] as const
  return (
    <div className={classes.legend}>
      <span>{t('status.history.legend')}</span>
      {moments.map((moment) => (
        <span key={moment} className={classes.legendMoment}>
          <span className={classes.moment} data-moment={moment} aria-hidden />
          {t(`status.history.moments.${moment}`)}
        </span>
      ))}
    </div>
  )
}
