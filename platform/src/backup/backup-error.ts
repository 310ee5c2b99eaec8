/**
 * `refused`: a rule forbids it and nothing was changed; `busy`: somebody else is at it; `pending`: what matters most is safe, and
 * something is still to be done.
 */
export type BackupOutcome = 'failed' | 'refused' | 'busy' | 'pending'

/** What an operator reads when a backup or a restore does not go on: what happened, then what to do. */
export class BackupError extends Error {
  /** Stable, such as `backup.locked`. */
  readonly code: string
  readonly outcome: BackupOutcome
  constructor(code: string, message: string, outcome: BackupOutcome = 'failed', options?: ErrorOptions) {
    super(message, options)
    this.name = 'BackupError'
    this.code = code
    this.outcome = outcome
  }
}

/** In words for an operator: what is behind an error says more than what learners would be told. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && !(error instanceof BackupError) ? error.cause.message : error.message
}
