import type { CalendarEntry, Freeze } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs'
import IconPlayerPause from '@tabler/icons-react/dist/esm/icons/IconPlayerPause.mjs'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, query } from '../../../api.ts'
import { Loading } from '../../../ui/loading.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { shortTime } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import classes from './calendar.module.css'
import { refreshCalendar } from './refresh-calendar.ts'

/** Whether new versions are kept away now, in plain sentences, and what can be done about it. */
export function HoldNotice({ entries }: { readonly entries: readonly CalendarEntry[] }) {
  const { t } = useTranslation('admin')
  const found = useQuery(query('course', 'listFreezes', {}))
  const words = useFreezeWords(found.data?.timeZone)
  if (found.data === undefined)
    return found.error ? <ProblemAlert error={found.error} /> : <Loading shape="rows" count={1} />
  const { open, because, next } = found.data.state
  const unsettled = because.some((freeze) => freeze.because === 'term-without-exams')
  // A term that waits for its exams explains better than a calendar without any why nothing is known.
  const reasons = because.filter(({ entryId }) => entryId !== null || !unsettled)
  const told = open ? (next ? [next] : []) : reasons
  const when = open ? 'ahead' : 'because'
  const Icon = open ? IconCircleCheck : IconPlayerPause
  return (
    <section className={classes.hold} data-open={open} aria-label={t('calendar.holdLabel')}>
      <Icon size={28} stroke={1.75} aria-hidden />
      <div className={classes.holdWords}>
        <h2>{t(open ? 'calendar.open' : 'calendar.held')}</h2>
        {told.map((freeze) => (
          <div key={`${freeze.because} ${freeze.entryId}`}>
            <p>{words(when, freeze)}</p>
            {freeze.because === 'term-without-exams' ? (
              <SayNoExams entry={entries.find(({ id }) => id === freeze.entryId)} />
            ) : null}
          </div>
        ))}
        <p className={classes.quiet}>{t('calendar.whatIsRelease')}</p>
      </div>
    </section>
  )
}

function SayNoExams({ entry }: { readonly entry: CalendarEntry | undefined }) {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const say = useMutation({
    mutationFn: ({ id, version }: CalendarEntry) =>
      whileSaving(api.course.updateCalendarEntry({ entryId: id, noExams: true }, { ifMatch: version })),
    onSettled: () => refreshCalendar(queryClient)
  })
  if (!entry) return null
  return (
    <>
      <ProblemAlert error={say.error} />
      <Button variant="default" size="sm" loading={say.isPending} onClick={() => say.mutate(entry)}>
        {t('calendar.sayNoExams', { title: entry.title })}
      </Button>
    </>
  )
}

/** Of a freeze that holds, or of one that is still ahead. */
function useFreezeWords(timeZone: string | undefined): (when: 'because' | 'ahead', freeze: Freeze) => string {
  const { t } = useTranslation('admin')
  const { locale } = useViewer()
  return (when, { because, title, from, until }) => {
    const at = (instant: string | null) => (instant === null ? '' : shortTime(new Date(instant), locale, timeZone))
    return t(`calendar.${when}.${because}`, { title, from: at(from), until: at(until) })
  }
}
