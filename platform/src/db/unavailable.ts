import { defineError } from '../errors.ts'

export const DatabaseUnavailable = defineError(
  'database.unavailable',
  'unavailable',
  () => 'The database does not answer at the moment. Nothing was changed; please try again in a few seconds.',
  () => ({ retryAfter: 5 })
)

/** The connection broke between COMMIT and its answer: whoever promised anything now would guess. */
export const OutcomeUnknown = defineError(
  'database.outcome-unknown',
  'unavailable',
  () =>
    'The connection to the database broke while this was saved, so nobody knows whether it was. Look whether the change is there before you send it again; a request with the same Idempotency-Key is done once.',
  () => ({ retryAfter: 5 })
)

/** It follows another server since a failover, or was made read-only: elsewhere there may be one that takes writes. */
export const isReadOnlyServer = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '25006'

/** Connection errors, admin shutdown, and a standby answering after a failover: the request may be tried again. */
export function isConnectionFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(08|57P0|25006|53300)/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(code) ||
    /Connection terminated|Query read timeout|timeout exceeded when trying to connect|client has encountered a connection error/i.test(
      error.message
    )
  )
}
