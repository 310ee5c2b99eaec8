import { isZone } from '@lyceum/course/academic-calendar'
import type { SchoolFreeze } from './read-freezes.ts'

/**
 * Why releases are held, in one sentence that ends with what to do where something can be done.
 * @param now decides whether what is told of has begun
 */
export function freezeWords(freeze: SchoolFreeze, now: Date): string {
  const { because, title, school } = freeze
  const name = school.name
  switch (because) {
    case 'exam-period':
    case 'event':
      return `${name}: ${because === 'event' ? 'event' : 'exam period'} “${title}”${times(freeze, now)}`
    case 'term-without-exams':
      return `${name}: nothing is known about exam periods in “${title}”. ${enter(freeze)} Where the term has none, an administrator says so under Admin → Calendar.`
    case 'calendar-ended':
      return `${name}: the calendar ends on ${momentWords(freeze.from, freeze.timeZone)}. ${enter(freeze)}`
    case 'calendar-missing':
      return `${name}: no exam period and no settled term is in its calendar. ${enter(freeze)}`
    case 'time-zone-unknown':
      return `${name}: its time zone ${freeze.timeZone} is not known here. An administrator chooses another under Admin → School.`
  }
}

/** "11 May 2026, 00:00 (Europe/Madrid)", or what stands for no instant. */
export function momentWords(instant: string | null, timeZone: string, never = 'somebody acts'): string {
  if (instant === null) return never
  const zone = isZone(timeZone) ? timeZone : 'UTC'
  return `${written(new Date(instant), zone)} (${zone})`
}

function written(instant: Date, timeZone: string): string {
  const format = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const
  return new Intl.DateTimeFormat('en-GB', { ...format, timeZone }).format(instant)
}

function times({ from, startsAt, until, timeZone }: SchoolFreeze, now: Date): string {
  const moment = (instant: string | null) => momentWords(instant, timeZone)
  if (startsAt !== null && new Date(startsAt) <= now)
    return `, which began on ${moment(startsAt)} and lasts until ${moment(until)}`
  return from === startsAt ? '' : `, which begins on ${moment(startsAt)}`
}

const enter = ({ school: { slug } }: SchoolFreeze): string =>
  `An administrator enters the exam periods under Admin → Calendar, or: lyceum freeze import exams.ics --school ${slug}`
