import { defineError } from '@lyceum/platform/errors'
import type { Course } from '../contract.ts'

export const CourseNotFound = defineError(
  'course.not-found',
  'not-found',
  (id: string) => `There is no course ${id} for you. Ask its teacher to enrol you.`
)
export const CourseNotOpen = defineError(
  'course.not-open',
  'forbidden',
  (title: string) => `“${title}” is not open yet. You will see it as soon as its teacher publishes it.`
)
export const CourseInBin = defineError(
  'course.in-bin',
  'conflict',
  (title: string) => `“${title}” is in the bin. Restore it first.`
)
export const CourseArchived = defineError(
  'course.archived',
  'conflict',
  (title: string) => `“${title}” is archived. Take it out of the archive first.`
)
export const CourseStale = defineError(
  'course.stale',
  'stale',
  (_version: number) =>
    'Somebody changed this course in the meantime. Look at the newest version, then change it again.',
  (version: number) => ({ facts: { version } })
)
const CourseEndsBeforeItStarts = defineError(
  'course.ends-before-it-starts',
  'invalid',
  () => 'The course would end before it starts. Choose a later end or an earlier start.',
  () => ({ errors: [{ field: '/endsAt', code: 'before-start', message: 'must be after the start' }] })
)

/** Each carries white text at 4.5:1 or better (WCAG 2.2, 1.4.3) and stays tellable from its neighbours. */
const COLORS = [
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
] as const

/** The same course always looks the same, without anybody having to choose: the tail of a UUIDv7 is random. */
export function colorOf(courseId: string): string {
  const tail = Number.parseInt(courseId.slice(-6), 16)
  return COLORS[tail % COLORS.length] ?? COLORS[0]
}

export function mustEndAfterStart({ startsAt, endsAt }: Pick<Course, 'startsAt' | 'endsAt'>): void {
  if (startsAt !== null && endsAt !== null && Date.parse(endsAt) <= Date.parse(startsAt))
    throw CourseEndsBeforeItStarts()
}
