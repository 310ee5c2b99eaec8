import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { ArchivePolicy } from '@lyceum/platform/archive-policy'
import type { Connection } from '@lyceum/platform/copy-mark'
import { confirm, listArchives, readUnconfirmed, removeArchive, type Written, writeArchive } from './archive-file.ts'

const DAY_MS = 86_400_000
const BATCH = 20_000
/** One run at a time, whichever machine it is on. */
const LOCK = 7_263_554_110

export interface ArchiveOptions {
  readonly connection: Connection
  readonly folder: string
  readonly policies: readonly ArchivePolicy[]
  /** After how many days, by name; what is not named goes by its policy. */
  readonly afterDays: ReadonlyMap<string, number>
  /** How long files stay after the newest row in them; null for ever. */
  readonly keepDays: number | null
  readonly now: Date
}

export interface ArchiveRun {
  readonly moved: readonly { readonly name: string; readonly rows: number; readonly files: number }[]
  /** Files that were older than what is kept. */
  readonly removed: number
  /** Files of a run that was broken off, and what became of them. */
  readonly mended: number
}

/** Another run is under way. */
export class ArchiveBusy extends Error {
  readonly code = 'archive.busy'
}

/**
 * Moves old rows out of the database: a file is whole on the disk before its rows are gone, and noted as their only place when they are.
 * Killed at any moment, no row is lost and none is in two places once it has run again.
 */
export async function runArchive(options: ArchiveOptions): Promise<ArchiveRun> {
  const { connection, policies, folder, keepDays, now } = options
  const { rows: lock } = await connection.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK])
  if (!lock[0]?.mine) throw new ArchiveBusy('Another archive run is under way. Wait for it, then run this again.')
  try {
    const mended = await mend(options)
    const moved: { name: string; rows: number; files: number }[] = []
    for (const policy of policies) moved.push({ name: policy.name, ...(await moveRows(options, policy)) })
    return {
      moved,
      removed: keepDays === null ? 0 : await forget(folder, new Date(now.getTime() - keepDays * DAY_MS)),
      mended
    }
  } finally {
    await connection.query('select pg_advisory_unlock($1)', [LOCK])
  }
}

/** How many rows would go, by name. */
export async function countDue({
  connection,
  policies,
  ...options
}: Omit<ArchiveOptions, 'folder' | 'keepDays'>): Promise<{ name: string; rows: number }[]> {
  const counts: { name: string; rows: number }[] = []
  for (const policy of policies) {
    const { rows } = await connection.query<{ rows: number }>(
      `select count(*)::float8 as rows from ${policy.table} where ${policy.where} and ${policy.age} < $1`,
      [dueBefore(options, policy)]
    )
    counts.push({ name: policy.name, rows: rows[0]?.rows ?? 0 })
  }
  return counts
}

const dueBefore = ({ afterDays, now }: Pick<ArchiveOptions, 'afterDays' | 'now'>, policy: ArchivePolicy): Date =>
  new Date(now.getTime() - (afterDays.get(policy.name) ?? policy.afterDays) * DAY_MS)

async function moveRows(options: ArchiveOptions, policy: ArchivePolicy): Promise<{ rows: number; files: number }> {
  const total = { rows: 0, files: 0 }
  for (;;) {
    const written = await moveBatch(options, policy)
    if (!written) return total
    await confirm(written)
    total.rows += written.note.rows
    total.files++
    if (written.note.rows < BATCH) return total
  }
}

async function moveBatch(options: ArchiveOptions, policy: ArchivePolicy): Promise<Written | undefined> {
  const { connection, folder } = options
  const { name, table, age, where } = policy
  await connection.query('begin')
  try {
    const { rows } = await connection.query<{ line: string; age: string }>(
      `with due as (
         select ctid from ${table} where ${where} and ${age} < $1 order by ${age} limit ${BATCH} for update skip locked
       ), gone as (delete from ${table} as target using due where target.ctid = due.ctid returning target.*)
       select to_jsonb(gone)::text as line, to_char(${age} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as age from gone order by ${age}`,
      [dueBefore(options, policy)]
    )
    const [first, last] = [rows[0], rows.at(-1)]
    if (!first || !last) {
      await connection.query('rollback')
      return undefined
    }
    const about = { name, table, schema: await newestMigration(connection), from: first.age, to: last.age }
    const written = await writeArchive(
      folder,
      about,
      rows.map(({ line }) => line)
    )
    await connection.query('commit')
    return written
  } catch (error) {
    await connection.query('rollback')
    throw error
  }
}

async function newestMigration(connection: Connection): Promise<string> {
  const { rows } = await connection.query<{ name: string }>(
    `select module || '/' || name as name from public.lyceum_migration order by applied_at desc, module, name desc limit 1`
  )
  return rows[0]?.name ?? 'none'
}

/** Files of a run that was killed: their rows left the database all together, or not at all. */
async function mend({ connection, folder, policies }: ArchiveOptions): Promise<number> {
  const { unconfirmed } = await listArchives(folder)
  for (const path of unconfirmed) {
    const policy = policies.find(({ name }) => path.startsWith(`${folder}/${name}/`))
    const lines = await readUnconfirmed(path)
    const [first] = lines ?? []
    if (!policy || !lines || first === undefined || (await isStillThere(connection, policy.table, first))) {
      await removeArchive(path)
      continue
    }
    const bytes = await readFile(path)
    const ages = lines.map((line) => ageIn(line, policy.age)).toSorted()
    await confirm({
      path,
      note: {
        name: policy.name,
        table: policy.table,
        schema: await newestMigration(connection),
        rows: lines.length,
        from: ages[0] ?? '',
        to: ages.at(-1) ?? '',
        sha256: createHash('sha256').update(bytes).digest('hex'),
        bytes: (await stat(path)).size
      }
    })
  }
  return unconfirmed.length
}

async function isStillThere(connection: Connection, table: string, line: string): Promise<boolean> {
  const { rows } = await connection.query<{ there: boolean }>(
    `select exists (select from ${table} as row where to_jsonb(row) = $1::jsonb) as there`,
    [line]
  )
  return rows[0]?.there === true
}

function ageIn(line: string, column: string): string {
  const row: unknown = JSON.parse(line)
  const age =
    typeof row === 'object' && row !== null ? Object.entries(row).find(([name]) => name === column)?.[1] : undefined
  return typeof age === 'string' ? new Date(age).toISOString() : ''
}

async function forget(folder: string, before: Date): Promise<number> {
  const old = (await listArchives(folder)).files.filter(({ to }) => Date.parse(to) < before.getTime())
  for (const { file } of old) await removeArchive(file)
  return old.length
}
