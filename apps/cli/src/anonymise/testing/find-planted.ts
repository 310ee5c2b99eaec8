import { buffer } from 'node:stream/consumers'
import type { Connection } from '@lyceum/platform/copy-mark'
import type { Storage } from '@lyceum/platform/storage'
import { textsOfFile } from '../scan/texts-of-file.ts'
import { variantsOf } from '../scan/variants.ts'
import type { Plants } from './plant.ts'

/** Shorter than any name that is planted. */
const START = 6

/** Who of those who were planted can still be read somewhere; by looking for the letters alone, without the product's own search. */
export async function findPlanted(
  connection: Connection,
  storage: Storage,
  { people, secrets }: Plants
): Promise<string[]> {
  const wanted = new Set([...people.flatMap(({ email, name, phone }) => [email, name, phone]), ...secrets])
  const byStart = Map.groupBy(wanted, (one) => one.toLowerCase().slice(0, START))
  const found = new Set<string>()
  for (const text of await everyText(connection, storage))
    for (let at = 0; at < text.length; at++)
      for (const one of byStart.get(text.slice(at, at + START)) ?? [])
        if (!found.has(one) && text.startsWith(one.toLowerCase(), at)) found.add(one)
  return [...found]
}

async function everyText(connection: Connection, storage: Storage): Promise<string[]> {
  const texts: string[] = []
  const { rows: tables } = await connection.query<{ name: string }>(`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') order by 1`)
  for (const { name } of tables) {
    const { rows } = await connection.query<{ row: string }>(`select to_jsonb(whole)::text as row from ${name} whole`)
    texts.push(rows.map(({ row }) => row).join('\n'))
  }
  const { rows: stats } = await connection.query<{ row: string }>('select stats::text as row from pg_stats stats')
  texts.push(stats.map(({ row }) => row).join('\n'))
  for await (const { key } of storage.list())
    for (const part of await textsOfFile(await buffer(await storage.read(key)))) texts.push(part.name, ...part.texts)
  return texts.flatMap((text) => variantsOf(text).map((variant) => variant.toLowerCase()))
}
