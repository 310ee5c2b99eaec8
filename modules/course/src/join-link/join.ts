import { type Asking, askFirst } from '@lyceum/platform/module'
import { userContract } from '@lyceum/user/contract'
import type { CourseContext, Given } from '../context.ts'
import { meetPeople } from '../person/keep-person.ts'
import { useJoinLink } from './use-join-link.ts'

/** Enrols the caller by a link. Whoever is in the course already comes in without using the link up. */
export const join = askFirst(
  ({ call, caller }: Asking, _input: Given<'join'>) =>
    call(userContract).lookUpPeople({ userIds: caller.userId === null ? [] : [caller.userId] }),
  async (context: CourseContext, { token }: Given<'join'>, { people }) => {
    await meetPeople(context, people)
    return useJoinLink(context, token, context.userId)
  }
)
