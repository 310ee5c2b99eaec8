import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `expand` adds and never breaks the release before; `backfill` fills in batches; `contract` removes what no running
 * release uses any more and is a step of its own.
 */
export type Phase = 'expand' | 'backfill' | 'contract'

export interface Migration {
  /** `platform` or a module's name; modules migrate in the order of their dependencies. */
  readonly module: string
  /** `0001-courses` */
  readonly name: string
  readonly phase: Phase
  /** False where PostgreSQL insists (`create index concurrently`): then each statement runs by itself, and again after a crash. */
  readonly inTransaction: boolean
  /** A backfill in batches: run again, each time in a transaction of its own, until it changes no row. */
  readonly repeats: boolean
  /** Path of the file and the line on which `up` begins, for messages. */
  readonly file: string
  readonly upLine: number
  readonly up: string
  readonly down: string
  /** SHA-256 over this file and the one before it: an edited or reordered history does not match. */
  readonly hash: string
}

export interface MigrationFolder {
  readonly module: string
  readonly folder: string
}

export class MigrationFileInvalid extends Error {}

/** Reads every migration, in the order they run. */
export function readMigrations(folders: readonly MigrationFolder[]): Migration[] {
  return folders.flatMap(({ module, folder }) => {
    let chain = ''
    return readdirSync(folder)
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file, index) => {
        const text = readFileSync(join(folder, file), 'utf8')
        chain = createHash('sha256').update(chain).update(text).digest('hex')
        return parseMigration(module, file, index + 1, text, chain, join(folder, file))
      })
  })
}

function parseMigration(
  module: string,
  file: string,
  number: number,
  text: string,
  hash: string,
  path: string
): Migration {
  const fault = (what: string) => new MigrationFileInvalid(`${module}/${file}: ${what}`)
  if (!file.startsWith(`${String(number).padStart(4, '0')}-`))
    throw fault(`expected number ${number}; migrations are numbered without gaps`)
  const [, phase] = /^-- phase: (expand|backfill|contract)$/m.exec(text) ?? []
  const [, up, down] = /^-- up\n([\s\S]*?)^-- down\n([\s\S]*)$/m.exec(text) ?? []
  if (phase !== 'expand' && phase !== 'backfill' && phase !== 'contract')
    throw fault('the first line must be `-- phase: expand`, `backfill` or `contract`')
  if (!up?.trim() || !down?.trim()) throw fault('both `-- up` and `-- down` need statements')
  const repeats = /^-- repeat: until nothing changes$/m.test(text)
  if (repeats && phase !== 'backfill') throw fault('only a migration of phase backfill repeats')
  return {
    module,
    name: file.replace(/\.sql$/, ''),
    phase,
    inTransaction: !/^-- transaction: none$/m.test(text),
    repeats,
    file: path,
    upLine: text.slice(0, text.search(/^-- up$/m)).split('\n').length + 1,
    up,
    down,
    hash
  }
}
