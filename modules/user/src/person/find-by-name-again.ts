import type { Connection } from '@lyceum/platform/copy-mark'
import { wordsOf } from './find-by-name.ts'

interface Named {
  readonly tenant_id: string
  readonly id: string
  readonly name: string
  readonly email: string
}

const BATCH = 1_000

/** Makes the words anew by which everybody is found, of all schools; for copies in which people got other names. */
export async function findByNameAgain(connection: Connection): Promise<void> {
  const { rows } = await connection.query<Named>('select tenant_id, id, name, email from "user".person')
  for (let at = 0; at < rows.length; at += BATCH) {
    const words = rows
      .slice(at, at + BATCH)
      .flatMap((person) => wordsOf(person).map((word) => [person.tenant_id, word, person.id] as const))
    await connection.query(
      'insert into "user".person_word (tenant_id, word, user_id) select * from unnest($1::uuid[], $2::text[], $3::uuid[])',
      [words.map(([tenant]) => tenant), words.map(([, word]) => word), words.map(([, , person]) => person)]
    )
  }
}
