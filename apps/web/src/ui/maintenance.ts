import { useSyncExternalStore } from 'react'

/** A time in which the installation is closed, as answers tell of it before and during it. */
export interface Maintenance {
  readonly startsAt: Date
  readonly until: Date | null
  readonly message: string
}

let told = ''
let known: Maintenance | null = null
const listeners = new Set<() => void>()

/** The transport hands over what an answer says: a query string with `at`, `until` and `message`; null for none. */
export function reportMaintenance(header: string | null): void {
  if ((header ?? '') === told) return
  told = header ?? ''
  known = read(told)
  for (const listener of listeners) listener()
}

export const useMaintenance = (): Maintenance | null =>
  useSyncExternalStore(
    subscribe,
    () => known,
    () => null
  )

function read(header: string): Maintenance | null {
  const given = new URLSearchParams(header)
  const startsAt = instant(given.get('at'))
  return startsAt && { startsAt, until: instant(given.get('until')), message: given.get('message') ?? '' }
}

function instant(text: string | null): Date | null {
  const read = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(read) ? null : new Date(read)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
