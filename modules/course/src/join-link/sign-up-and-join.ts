import { type Asking, askFirst } from '@lyceum/platform/module'
import { userContract } from '@lyceum/user/contract'
import type { CourseContext, Given } from '../context.ts'
import { courseContract } from '../contract.ts'
import { accountRoleFor, nameFromEmail } from '../enrolment/enrolment.ts'
import { meetPeople } from '../person/keep-person.ts'
import { AccountExists, JoinLinkEnded } from './join-link.ts'
import { useJoinLink } from './use-join-link.ts'

/** Makes an account for somebody with a link and enrols them. An address that has an account proves nothing here. */
export const signUpAndJoin = askFirst(
  async ({ call }: Asking, { token, name, email, password }: Given<'signUpAndJoin'>) => {
    // Accounts are made while asking, so the link is looked at before.
    const { role } = await call(courseContract).getJoinLink({ token })
    const { people } = await call(userContract).ensurePeople({
      people: [{ email, name: name.trim() || nameFromEmail(email), role: accountRoleFor(role) }],
      invite: false,
      password
    })
    return people
  },
  async (context: CourseContext, { token }: Given<'signUpAndJoin'>, people) => {
    const [person] = people
    if (!person) throw JoinLinkEnded()
    if (!person.created) throw AccountExists()
    await meetPeople(context, people)
    return useJoinLink(context, token, person.id)
  }
)
