import { type Asking, askFirst } from '@lyceum/platform/module'
import { userContract } from '@lyceum/user/contract'
import type { CourseContext, Given } from '../context.ts'
import { courseContract } from '../contract.ts'
import { loadAccess, mustManagePeople } from '../course/course-access.ts'
import { meetPeople } from '../person/keep-person.ts'
import { enrol } from './enrol.ts'
import { accountRoleFor, nameFromEmail } from './enrolment.ts'
import { mustBeLearners } from './observed-learners.ts'
import { nameKey, selectEnrolments } from './select-enrolments.ts'

/** Enrols people by e-mail. Whoever has no account yet gets one, and the invitation to it. */
export const enrolPeople = askFirst(
  async ({ call }: Asking, { courseId, role, people }: Given<'enrolPeople'>) => {
    // Accounts and mails are made while asking, so the caller's right comes before.
    await call(courseContract).confirmPeopleManager({ courseId })
    const byEmail = new Map(
      people.map(({ email, name }) => [
        email.toLowerCase(),
        { email, name: name?.trim() || nameFromEmail(email), role: accountRoleFor(role) }
      ])
    )
    return call(userContract).ensurePeople({ people: [...byEmail.values()], invite: true })
  },
  async (context: CourseContext, { courseId, role, observes = [] }: Given<'enrolPeople'>, { people }) => {
    mustManagePeople(await loadAccess(context, courseId))
    const observed = role === 'observer' ? observes : []
    await mustBeLearners(context, courseId, observed)
    await meetPeople(context, people)
    const made = await enrol(
      context,
      people.map(({ id }) => ({ courseId, userId: id, role, observes: observed })),
      context.userId
    )
    const enrolled =
      made.length === 0
        ? []
        : await selectEnrolments(context.tx)
            .where(
              'enrolment.id',
              'in',
              made.map(({ enrolmentId }) => enrolmentId)
            )
            .orderBy(nameKey())
            .execute()
    const fresh = new Set(made.map(({ userId }) => userId))
    return { enrolled, alreadyEnrolled: people.filter(({ id }) => !fresh.has(id)).map(({ email }) => email) }
  }
)
