import type { Given, UserContext } from '../context.ts'
import type { Person } from '../contract.ts'
import { readPerson } from './person.ts'

export const getPerson = (context: UserContext, { userId }: Given<'getPerson'>): Promise<Person> =>
  readPerson(context, userId)
