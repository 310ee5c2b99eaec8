import type { Composition } from '../compose.ts'
import type { ActingSchool } from './act-as.ts'
import { type DemoEntry, demoCalendars } from './demo-calendar.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Enters the calendar of a demo school as its administrator does; what is there already stays as it is. */
export async function makeDemoCalendar(
  { users }: Composition,
  school: ActingSchool,
  { slug, administrator }: { readonly slug: string; readonly administrator: string }
): Promise<void> {
  const { api } = await school.actAs(administrator)
  const { entries } = await api.course.listCalendarEntries({})
  const day = (days: number) => new Date(users.clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 10)
  const missing = ({ title }: DemoEntry) => !entries.some((entry) => entry.title === title)
  for (const { kind, title, startsIn, endsIn, times } of (demoCalendars[slug] ?? []).filter(missing)) {
    const [startTime, endTime] = times ?? [null, null]
    await api.course.createCalendarEntry({
      kind,
      title,
      startsOn: day(startsIn),
      endsOn: day(endsIn),
      startTime,
      endTime
    })
  }
}
