import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Config } from '../../config/config.ts'
import { BackupError } from '../backup-error.ts'

export type PgBackRestSettings = Pick<
  Config,
  'BACKUP_PGBACKREST' | 'BACKUP_PGBACKREST_CONFIG' | 'BACKUP_PGBACKREST_STANZA'
>

/** Exit codes that say what to do (pgBackRest, src/build/error/error.yaml). */
export const LOCKED = 50
const UNKNOWN_PROGRAM = 127

export interface Ran {
  readonly code: number
  readonly output: string
  /** Its warnings and errors, without their level. */
  readonly said: string
}

/** Runs pgBackRest where it may read the database itself. */
export const runBesideDatabase = (settings: PgBackRestSettings, args: readonly string[]): Promise<Ran> => {
  const [program = 'pgbackrest', ...before] = settings.BACKUP_PGBACKREST.split(/\s+/)
  return run(program, [...before, ...common(settings), ...args])
}

/** Runs pgBackRest as who we are: what it writes belongs to us. */
export const runHere = (settings: PgBackRestSettings, args: readonly string[]): Promise<Ran> =>
  run(settings.BACKUP_PGBACKREST.split(/\s+/).at(-1) ?? 'pgbackrest', [...common(settings), ...args])

/** @throws BackupError with what pgBackRest said */
export function mustSucceed({ code, output, said }: Ran, what: string): string {
  if (code === 0) return output
  if (code === LOCKED)
    throw new BackupError('backup.locked', `pgBackRest is at it already (${said}). Try again when it is done.`, 'busy')
  throw new BackupError(
    code === UNKNOWN_PROGRAM ? 'backup.no-pgbackrest' : 'backup.pgbackrest-failed',
    code === UNKNOWN_PROGRAM
      ? `pgBackRest cannot be started (${said}). Install it, or say in BACKUP_PGBACKREST how it is started.`
      : `pgBackRest could not ${what} (exit ${code}): ${said}`
  )
}

const common = ({ BACKUP_PGBACKREST_CONFIG, BACKUP_PGBACKREST_STANZA }: PgBackRestSettings): string[] => [
  ...(BACKUP_PGBACKREST_CONFIG === null ? [] : [`--config=${BACKUP_PGBACKREST_CONFIG}`]),
  `--stanza=${BACKUP_PGBACKREST_STANZA}`,
  '--log-level-console=off',
  '--log-level-stderr=warn'
]

async function run(program: string, args: readonly string[]): Promise<Ran> {
  const child = spawn(program, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  const ended = new Promise<{ code: number; failure: string }>((resolve) => {
    child.once('error', (error) => resolve({ code: UNKNOWN_PROGRAM, failure: error.message }))
    child.once('close', (code, signal) => resolve({ code: code ?? 1, failure: signal ?? '' }))
  })
  const [{ code, failure }, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  const said = errors
    .split('\n')
    .map((line) => line.replace(/^(?:[\d-]+ [\d:.]+ )?(?:P\d+ +)?(?:WARN|ERROR): +/, '').trim())
    .filter((line) => line !== '')
    .join(' ')
  return { code, output, said: said || failure }
}

/** Nothing of ours, which holds secrets, but what pgBackRest may be told that way: keys of its repositories among it. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries({ PATH: '/usr/local/bin:/usr/bin:/bin', ...process.env }).filter(([name]) =>
      /^(?:PATH|HOME|PGBACKREST_.*|SSH_AUTH_SOCK)$/.test(name)
    )
  )
