import { invalidFields } from '@lyceum/platform/errors'
import type { Given, UserContext } from '../context.ts'
import { type Me, PersonChanged } from '../contract.ts'
import { keepWords } from '../person/create-people.ts'
import { readName, whatChanged } from '../person/person.ts'
import { isTimeZone } from '../person/time-zone.ts'
import { getMe } from './get-me.ts'

export async function updateMe(context: UserContext, { name, locale, timeZone }: Given<'updateMe'>): Promise<Me> {
  const { tx, userId, publish } = context
  if (typeof timeZone === 'string' && !isTimeZone(timeZone))
    throw invalidFields([{ field: '/timeZone', code: 'unknown', message: 'This time zone is not known.' }])
  await tx
    .updateTable('user.person')
    .set((eb) => ({
      ...(name === undefined ? {} : { name: readName(name) }),
      ...(locale === undefined ? {} : { locale }),
      ...(timeZone === undefined ? {} : { time_zone: timeZone }),
      version: eb('version', '+', 1)
    }))
    .where('id', '=', userId)
    .execute()
  const me = await getMe(context)
  if (name !== undefined) await keepWords(context, me)
  await publish(PersonChanged, whatChanged(me))
  return me
}
