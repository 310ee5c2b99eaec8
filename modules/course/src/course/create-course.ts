import { newId } from '@lyceum/platform/id'
import { type Asking, askFirst } from '@lyceum/platform/module'
import { userContract } from '@lyceum/user/contract'
import { generateKeyBetween } from 'fractional-indexing'
import type { CourseContext, Given } from '../context.ts'
import type { Course } from '../contract.ts'
import { readTitle } from '../outline/title.ts'
import { meetPeople } from '../person/keep-person.ts'
import { colorOf, mustEndAfterStart } from './course.ts'
import { reloadCourse } from './select-course.ts'

/** A draft with one empty unit, so that the first item has somewhere to go; its author teaches it. */
export const createCourse = askFirst(
  // The author may be new to this module: the outline names its teachers.
  ({ call, caller }: Asking, _given: Given<'createCourse'>) =>
    call(userContract).lookUpPeople({ userIds: caller.userId === null ? [] : [caller.userId] }),
  async (context: CourseContext, given: Given<'createCourse'>, { people }): Promise<Course> => {
    const { tx, now, userId } = context
    const id = newId()
    const { startsAt = null, endsAt = null } = given
    mustEndAfterStart({ startsAt, endsAt })
    await tx
      .insertInto('course.course')
      .values({
        id,
        title: readTitle(given.title),
        code: given.code?.trim() || null,
        description: given.description?.trim() ?? '',
        locale: given.locale ?? null,
        color: given.color ?? colorOf(id),
        cover_file_id: given.coverFileId ?? null,
        starts_at: startsAt,
        ends_at: endsAt,
        created_at: now,
        created_by: userId
      })
      .execute()
    await tx
      .insertInto('course.enrolment')
      .values({ id: newId(), course_id: id, user_id: userId, role: 'teacher', enrolled_at: now, enrolled_by: userId })
      .execute()
    await tx
      .insertInto('course.unit')
      .values({
        id: newId(),
        course_id: id,
        title: FIRST_UNIT[languageOf(given.locale)],
        rank: generateKeyBetween(null, null)
      })
      .execute()
    await meetPeople(context, people)
    return reloadCourse(context, id)
  }
)

/** A title to write over, in the course's language where we speak it. */
const FIRST_UNIT = { en: 'Unit 1', ar: 'الوحدة 1' } as const

const languageOf = (locale: string | null | undefined): keyof typeof FIRST_UNIT =>
  locale?.split('-')[0] === 'ar' ? 'ar' : 'en'
