import type { CalendarKind } from '@lyceum/course/contract'

/** An entry of a demo school's calendar, in days from the making of the school. */
export interface DemoEntry {
  readonly kind: CalendarKind
  readonly title: string
  readonly startsIn: number
  readonly endsIn: number
  readonly times?: readonly [from: string, to: string]
}

/** By the slug of their school: a term under way, no exams now, and the next term known. */
export const demoCalendars: Readonly<Record<string, readonly DemoEntry[]>> = {
  greenfield: [
    { kind: 'term', title: 'First term', startsIn: -35, endsIn: 63 },
    { kind: 'holiday', title: 'Mid-term holiday', startsIn: 18, endsIn: 24 },
    { kind: 'event', title: 'Open day', startsIn: 11, endsIn: 11, times: ['09:00', '16:00'] },
    { kind: 'exam-period', title: 'First-term exams', startsIn: 49, endsIn: 60 },
    { kind: 'holiday', title: 'Holidays between the terms', startsIn: 64, endsIn: 83 },
    { kind: 'term', title: 'Second term', startsIn: 84, endsIn: 196 },
    { kind: 'exam-period', title: 'Second-term exams', startsIn: 175, endsIn: 188 },
    { kind: 'exam-period', title: 'Resits', startsIn: 232, endsIn: 236 }
  ],
  harbour: [
    { kind: 'term', title: 'Training year', startsIn: -60, endsIn: 300 },
    { kind: 'exam-period', title: 'Safety certificates', startsIn: 90, endsIn: 92, times: ['08:00', '18:00'] }
  ]
}
