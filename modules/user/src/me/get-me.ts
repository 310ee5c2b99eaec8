import type { UserContext } from '../context.ts'
import type { Me } from '../contract.ts'
import { PersonNotFound, personColumns, toMe } from '../person/person.ts'

export async function getMe({ tx, userId }: Pick<UserContext, 'tx' | 'userId'>): Promise<Me> {
  const person = await tx
    .selectFrom('user.person')
    .select((eb) => [...personColumns(eb), 'operator'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow(() => PersonNotFound())
  return toMe(person)
}
