import type { StatusHistory, StatusMoment } from '@lyceum/platform/system/contract'
import { useTranslation } from 'react-i18next'
import { clockTime } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import { stretchesOf } from './history.ts'

/** The last 24 hours of a part in one or two sentences, with the reader's clock; what was well is said last. */
export function useHistoryWords({ from, slotMinutes }: StatusHistory): (slots: readonly StatusMoment[]) => string {
  const { t } = useTranslation('admin')
  const { locale, timeZone } = useViewer()
  // The last half hour is not over.
  const clock = (place: number) =>
    clockTime(new Date(Math.min(Date.now(), Date.parse(from) + place * slotMinutes * 60_000)), locale, timeZone)
  return (slots) => {
    const stretches = stretchesOf(slots)
    const [first] = stretches
    if (first && stretches.length === 1) return t(`status.history.whole.${first.moment}`)
    const list = new Intl.ListFormat(locale, { type: 'conjunction' })
    const told = (['away', 'degraded', 'unknown'] as const).flatMap((moment) => {
      const times = stretches
        .filter((stretch) => stretch.moment === moment)
        .map((stretch) => t('status.history.range', { from: clock(stretch.from), to: clock(stretch.to) }))
      return times.length === 0 ? [] : [t(`status.history.parts.${moment}`, { times: list.format(times) })]
    })
    const rest = stretches.some(({ moment }) => moment === 'healthy') ? [t('status.history.rest')] : []
    return [...told, ...rest].join(' ')
  }
}
