import type { Caller } from '@lyceum/platform/caller'
import { defineError } from '@lyceum/platform/errors'
import { sql } from 'kysely'
import type { CourseContext } from '../context.ts'
import type { Course, CourseAbilities, EnrolmentRole } from '../contract.ts'
import { CourseInBin, CourseNotFound, CourseNotOpen } from './course.ts'
import { courseColumns } from './select-course.ts'

const MayNotEdit = defineError(
  'course.may-not-edit',
  'forbidden',
  (title: string, because: string) =>
    `Only teachers of “${title}” may change it; you are here as ${because}. Ask one of them to make you a teacher of it.`
)
const MayNotManagePeople = defineError(
  'course.may-not-manage-people',
  'forbidden',
  (title: string, because: string) =>
    `Only teachers of “${title}” may manage its people; you are here as ${because}. Ask one of them to do it.`
)
const MayNotSeeProgress = defineError(
  'course.may-not-see-progress',
  'forbidden',
  (title: string, because: string) =>
    `Only teachers and assistants of “${title}” may see everybody's progress; you are here as ${because}. Ask one of its teachers to make you an assistant.`
)
const MayNotStudy = defineError(
  'course.may-not-study',
  'forbidden',
  (title: string, because: string) =>
    `Only learners of “${title}” collect progress; you are here as ${because}. Have yourself enrolled as a learner to do so.`
)

export interface CourseAccess {
  readonly course: Course
  /** The caller's own enrolment, unless it has ended or never was. */
  readonly enrolment: { readonly id: string; readonly role: EnrolmentRole; readonly observes: readonly string[] } | null
  readonly abilities: CourseAbilities
  /** Sees drafts, and nothing is ever locked. */
  readonly staff: boolean
}

/**
 * What the caller may do in a course. Without any access, or in the bin for all but those who may edit: `course.not-found`;
 * enrolled, but the course is a draft: `course.not-open`.
 */
export async function loadAccess(context: CourseContext, courseId: string): Promise<CourseAccess> {
  const { rows } = await sql<Course & EnrolmentColumns>`
    select ${courseColumns}, enrolment.id as "enrolmentId", enrolment.role, enrolment.observes
    from course.course as course
    left join course.enrolment as enrolment
      on enrolment.course_id = course.id and enrolment.user_id = ${context.userId} and enrolment.ended_at is null
    where course.id = ${courseId}`.execute(context.tx)
  const [row] = rows
  if (!row) throw CourseNotFound(courseId)
  const { enrolmentId, role, observes, ...course } = row
  const enrolment = enrolmentId && role ? { id: enrolmentId, role, observes: observes ?? [] } : null
  return accessTo(course, enrolment, context.caller)
}

interface EnrolmentColumns {
  readonly enrolmentId: string | null
  readonly role: EnrolmentRole | null
  readonly observes: string[] | null
}

/** The same for a course and enrolment already at hand. */
export function accessTo(
  course: Course,
  enrolment: CourseAccess['enrolment'],
  caller: Pick<Caller, 'permissions'>
): CourseAccess {
  const abilities = abilitiesOf(enrolment?.role ?? null, caller.permissions)
  if (!abilities || (course.deletedAt !== null && !abilities.edit)) throw CourseNotFound(course.id)
  const staff = abilities.edit || abilities.seeProgress
  if (course.status === 'draft' && !staff) throw CourseNotOpen(course.title)
  return { course, enrolment, abilities, staff }
}

/** The one table of who may do what in a course; null: there is no such course for this caller. */
export function abilitiesOf(role: EnrolmentRole | null, permissions: readonly string[]): CourseAbilities | null {
  const study = role === 'learner'
  if (permissions.includes(MANAGE_COURSES))
    return { edit: true, managePeople: true, seeProgress: true, study, because: MANAGE_COURSES }
  if (role === null) return null
  const teacher = role === 'teacher'
  return {
    edit: teacher,
    managePeople: teacher,
    seeProgress: teacher || role === 'assistant',
    study,
    because: role
  }
}

/** The school permission that reaches into every course. */
export const MANAGE_COURSES = 'courses:manage'

export function mustEdit(access: CourseAccess): void {
  if (!access.abilities.edit) throw MayNotEdit(access.course.title, access.abilities.because)
  mustNotBeDeleted(access)
}

export function mustManagePeople(access: CourseAccess): void {
  if (!access.abilities.managePeople) throw MayNotManagePeople(access.course.title, access.abilities.because)
  mustNotBeDeleted(access)
}

export function mustSeeProgress({ course, abilities }: CourseAccess): void {
  if (!abilities.seeProgress) throw MayNotSeeProgress(course.title, abilities.because)
}

export function mustStudy({ course, abilities }: CourseAccess): void {
  if (!abilities.study) throw MayNotStudy(course.title, abilities.because)
}

/** For deleting and restoring, the only things to be done to a course in the bin. */
export function mustOwn({ course, abilities }: CourseAccess): void {
  if (!abilities.edit) throw MayNotEdit(course.title, abilities.because)
}

function mustNotBeDeleted({ course }: CourseAccess): void {
  if (course.deletedAt !== null) throw CourseInBin(course.title)
}
