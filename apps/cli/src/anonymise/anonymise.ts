import { randomBytes } from 'node:crypto'
import { replaceBytes } from '@lyceum/file/replace-bytes'
import { type CatalogTable, readCatalog } from '@lyceum/platform/catalog'
import type { Columns } from '@lyceum/platform/column-policy'
import { type Connection, setCopyState } from '@lyceum/platform/copy-mark'
import type { Storage } from '@lyceum/platform/storage'
import { makeStandInSignIns, type StandInSignIn } from '@lyceum/user/stand-in-sign-ins'
import { clearDatabase, clearHome, clearStorage } from './rewrite/clear-traces.ts'
import { rewriteTables } from './rewrite/rewrite-tables.ts'
import { unguard } from './rewrite/unguarded.ts'
import { collectNeedles } from './scan/collect-needles.ts'
import { type Finding, Findings } from './scan/finding.ts'
import { type NeedleKind, Needles } from './scan/needles.ts'
import { scanHome, scanStorage } from './scan/scan-files.ts'
import { scanPages } from './scan/scan-pages.ts'
import { scanTables } from './scan/scan-tables.ts'
import { createStandIns } from './stand-in/create-stand-ins.ts'
import { loadLanguages } from './stand-in/language.ts'

export interface Copy {
  /** Of the owner, to nothing but the copy. */
  readonly connection: Connection
  readonly storage: Storage
  readonly home: string
  readonly columns: Columns
  /** SQL that finds ids of files whose bytes stay; null where none do. */
  readonly keptFiles: string | null
  /** Below which the schools of the copy get their hosts. */
  readonly domain: string
  readonly now: () => Date
  readonly tell: (line: string) => void
}

export interface Anonymised {
  /** Looked through after the rewriting. */
  readonly columns: number
  /** Stored objects and other files, looked through. */
  readonly files: number
  readonly findings: readonly Finding[]
  /** How many people, addresses and texts were in the copy and are not found any more, by kind. */
  readonly removed: Readonly<Record<NeedleKind, number>>
  readonly replacedColumns: number
  readonly replacedFiles: number
  readonly keptFiles: number
  readonly signIns: readonly StandInSignIn[]
  /** What could not be done or looked at with the rights of this role. */
  readonly open: readonly string[]
}

/**
 * Puts invented people in place of everybody in a marked copy, and then looks whether anybody is left. Rows change in one transaction:
 * whatever ends this before its commit leaves a copy that can be tried again; after it, one that nobody may use until the scan has said
 * that it is clean.
 */
export async function anonymise(copy: Copy): Promise<Anonymised> {
  const { connection, storage, home, now, tell } = copy
  const catalog = (await readCatalog(connection)).filter(({ name }) => name !== 'public.lyceum_copy')
  await setCopyState(connection, 'anonymising', now())
  const needles = new Needles()
  const { innocent, keptKeys, ...done } = await rewrite(copy, catalog, needles)
  tell('Clearing away what was replaced …')
  await clearStorage(connection, storage)
  await clearHome(home)
  const open = await clearDatabase(connection, catalog)
  tell('Looking whether anybody is left …')
  needles.settle(innocent)
  const findings = new Findings()
  const columns = await inTransaction(connection, () => scanTables(connection, catalog, needles, findings))
  const files = (await scanStorage(storage, keptKeys, needles, findings)) + (await scanHome(home, needles, findings))
  if (!(await scanPages(connection, needles, findings)))
    open.push('files of the database on its server: this role may not read them')
  const all = findings.all()
  await setCopyState(connection, all.length === 0 ? 'clean' : 'not-clean', now())
  return { columns, files, findings: all, removed: needles.sizes(), open, ...done }
}

interface Rewritten extends Pick<Anonymised, 'replacedColumns' | 'replacedFiles' | 'keptFiles' | 'signIns'> {
  /** Words that stand in the copy without telling anybody's name. */
  readonly innocent: ReadonlySet<string>
  readonly keptKeys: ReadonlySet<string>
}

const rewrite = (copy: Copy, catalog: readonly CatalogTable[], needles: Needles): Promise<Rewritten> => {
  const { connection, storage, columns, keptFiles, domain, now, tell } = copy
  return inTransaction(connection, async () => {
    tell('Reading who is in the copy …')
    const { kept: words, names } = await collectNeedles(connection, catalog, columns, needles)
    const standIns = createStandIns({
      key: randomBytes(32),
      languages: await loadLanguages(),
      domain,
      isTaken: needles.isTaken,
      nameOf: (email) => names.get(email)
    })
    const kept = keptFiles === null ? [] : (await connection.query<{ id: string | null }>(keptFiles)).rows
    const keptIds = new Set(kept.flatMap(({ id }) => id ?? []))
    const guard = await unguard(connection)
    tell('Putting stand-ins in place of files …')
    const files = await replaceBytes({ connection, storage, standIns, kept: keptIds })
    tell('Putting stand-ins in place of rows …')
    const replacedColumns = await rewriteTables({
      connection,
      catalog,
      columns,
      standIns,
      noticed: (word) => words.add(word),
      tell
    })
    const signIns = await makeStandInSignIns(connection)
    await guard()
    const keptKeys = await readKeys(
      connection,
      [...keptIds].map((id) => standIns.replace('id', id))
    )
    await setCopyState(connection, 'rewritten', now())
    return {
      innocent: new Set([...words, ...standIns.vocabulary]),
      keptKeys,
      replacedColumns,
      replacedFiles: files.made,
      keptFiles: files.kept,
      signIns
    }
  })
}

async function readKeys(connection: Connection, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query<{ key: string }>(
    'select key from file.file where id = any($1::uuid[]) and key is not null',
    [ids]
  )
  return new Set(rows.map(({ key }) => key))
}

async function inTransaction<Answer>(connection: Connection, work: () => Promise<Answer>): Promise<Answer> {
  await connection.query('begin')
  try {
    const answer = await work()
    await connection.query('commit')
    return answer
  } catch (error) {
    await connection.query('rollback')
    throw error
  }
}
