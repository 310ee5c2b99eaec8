export type EmbeddedPostgresErrorCode =
  | 'embedded-postgres.no-binaries'
  | 'embedded-postgres.no-account'
  | 'embedded-postgres.home-unusable'
  | 'embedded-postgres.home-in-use'
  | 'embedded-postgres.other-version'
  | 'embedded-postgres.not-a-database'
  | 'embedded-postgres.wrong-password'
  | 'embedded-postgres.initialise-failed'
  | 'embedded-postgres.start-failed'
  | 'embedded-postgres.recovery-failed'
  | 'embedded-postgres.stopped'

/** A failure of the embedded PostgreSQL that an operator reads: what happened, then what to do about it. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedPostgresError'
    this.code = code
  }
}

/** The system's error code (ENOENT, EACCES, …), or undefined when the value thrown carries none. */
export function systemErrorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return undefined
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
