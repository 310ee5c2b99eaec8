import { cutPage, readCursor } from '@lyceum/platform/page'
import { type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Given, Tables, UserContext } from '../context.ts'
import type { Person } from '../contract.ts'
import { after, prefixesOf } from './find-by-name.ts'
import { personColumns } from './person.ts'

/** People by name. What is searched for must begin words of the name or address, each of them. */
export async function listPeople(
  { tx }: UserContext,
  { cursor, limit = 50, search = '', role, status }: Given<'listPeople'>
): Promise<{ entries: Person[]; nextCursor: string | null; total: number }> {
  const last = readCursor(cursor, 2)
  const wanted = (eb: ExpressionBuilder<Tables, 'user.person'>) =>
    eb.and([
      ...prefixesOf(search).map((prefix) =>
        eb(
          'id',
          'in',
          eb
            .selectFrom('user.person_word')
            .select('user_id')
            .where('word', '>=', prefix)
            .where('word', '<', after(prefix))
        )
      ),
      ...(role === undefined ? [] : [eb('role', '=', role)]),
      ...(status === undefined ? [] : [hasStatus(eb, status)])
    ])
  const rows = await tx
    .selectFrom('user.person')
    .select((eb) => [...personColumns(eb), 'name_key'])
    .where(wanted)
    .$if(last !== undefined, (query) => query.where(sql<SqlBool>`(name_key, id) > (${last?.[0]}, ${last?.[1]}::uuid)`))
    .orderBy('name_key')
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  const { total } = await tx
    .selectFrom('user.person')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where(wanted)
    .executeTakeFirstOrThrow()
  const page = cutPage(rows, limit, ({ name_key, id }) => [name_key, id])
  return { ...page, entries: page.entries.map(({ name_key: _, ...person }) => person), total }
}

const hasStatus = (eb: ExpressionBuilder<Tables, 'user.person'>, status: Person['status']) => {
  if (status === 'deactivated') return eb('deactivated_at', 'is not', null)
  return eb.and([eb('deactivated_at', 'is', null), eb('activated_at', status === 'invited' ? 'is' : 'is not', null)])
}
