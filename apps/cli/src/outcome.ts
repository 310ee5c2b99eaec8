import { ProblemError } from '@lyceum/client'
import { BackupError, type BackupOutcome } from '@lyceum/platform/backup/error'
import { CommanderError } from 'commander'

/** What a script learns from a command; the table of `lyceum help exit-codes`. */
export const exitCodes = {
  done: 0,
  failed: 1,
  pending: 2,
  refused: 3,
  /** A release was taken back, and the one before serves. */
  aborted: 4,
  /** Taking it back did not work: a person must look. */
  stuck: 5,
  /** A release waits for a person. */
  held: 6,
  usage: 64,
  busy: 75,
  interrupted: 130
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** A command ends without success; the message says what to do. */
export class CommandFailed extends Error {
  readonly code: string
  readonly exitCode: ExitCode
  constructor(code: string, message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message)
    this.name = 'CommandFailed'
    this.code = code
    this.exitCode = exitCode
  }
}

export interface Outcome {
  readonly exitCode: number
  readonly code: string
  readonly message: string
}

const BACKUP_EXITS: Readonly<Record<BackupOutcome, ExitCode>> = {
  failed: exitCodes.failed,
  refused: exitCodes.refused,
  busy: exitCodes.busy,
  pending: exitCodes.pending
}
const BUSY = new Set(['start.already-running', 'embedded-postgres.home-in-use'])
const REFUSING_STATUS: Readonly<Record<number, ExitCode>> = {
  401: exitCodes.refused,
  403: exitCodes.refused,
  429: exitCodes.busy,
  503: exitCodes.busy
}

/** What any error means to whoever started the command. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? exitCodes.done : exitCodes.usage, code: error.code, message: '' }
  if (!(error instanceof Error)) return { exitCode: exitCodes.failed, code: 'failed', message: String(error) }
  const { message } = error
  if (error instanceof CommandFailed) return { exitCode: error.exitCode, code: error.code, message }
  if (error instanceof BackupError) return { exitCode: BACKUP_EXITS[error.outcome], code: error.code, message }
  if (error instanceof ProblemError) {
    const faults = (error.problem.errors ?? []).map(({ field, message: fault }) => `\n  ${field}: ${fault}`).join('')
    return {
      exitCode: REFUSING_STATUS[error.status] ?? exitCodes.failed,
      code: error.code,
      message: `${message}${faults}`
    }
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  if (error.name === 'SchemaPending') return { exitCode: exitCodes.pending, code: 'migrate.pending', message }
  if (error.name === 'ConfigRefused') return { exitCode: exitCodes.failed, code: 'config.refused', message }
  if (code === 'ECONNREFUSED') {
    const where = 'address' in error && 'port' in error ? ` at ${String(error.address)}:${String(error.port)}` : ''
    return { exitCode: exitCodes.failed, code, message: `Nothing answers${where}. Is it running? ${message}`.trim() }
  }
  return { exitCode: BUSY.has(code) ? exitCodes.busy : exitCodes.failed, code, message: message || code }
}
