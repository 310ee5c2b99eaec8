import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { UserServices } from '@lyceum/user/services'

/** On the answers of a service that took sign-ins back: which process it is, and how often it has done so. */
export const REVOCATIONS_HEADER = 'x-lyceum-revocations'

/** What a service says of its revocations with every answer. */
export function tellRevocations({ made }: UserServices['revocations']): () => Readonly<Record<string, string>> {
  const process = randomUUID()
  return () => (made() === 0 ? {} : { [REVOCATIONS_HEADER]: `${process}.${made()}` })
}

/**
 * Reads the gateway's list before it passes on an answer that took something back: the database tells every gateway within
 * moments, but whoever was just told that all other devices are signed out need not find one that is not.
 */
export function hearRevocations(
  revocations: UserServices['revocations']
): (headers: IncomingHttpHeaders) => Promise<void> {
  const known = new Map<string, string>()
  return async (headers) => {
    const [process, count] = String(headers[REVOCATIONS_HEADER] ?? '').split('.')
    if (!process || !count || known.get(process) === count) return
    known.set(process, count)
    // The change is made, and its answer is due, also where the list cannot be read; then it is read every few seconds.
    await revocations.refresh().catch(() => undefined)
  }
}
