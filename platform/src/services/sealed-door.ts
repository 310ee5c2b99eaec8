import { type Door, idempotencyKeyOf } from '../http/door.ts'
import { rememberEntry } from '../http/entry.ts'
import type { Entry } from '../module/runtime.ts'
import type { Seals } from './seal.ts'

/** The door of a service: believes whoever the gateway has authenticated, and nobody else. */
export const sealedDoor =
  (seals: Seals): Door =>
  async (request) => {
    const { caller, request: facts } = seals.open({ method: request.method, url: request.url }, request.headers)
    const entry: Entry = { caller, request: facts, idempotencyKey: idempotencyKeyOf(request), browser: {} }
    rememberEntry(request, entry)
    return entry
  }
