import { useSyncExternalStore } from 'react'

/** What the connection chip tells: everything is on the server, on its way, or kept on this device for now. */
export interface Saving {
  readonly online: boolean
  /** Changes on their way to the server. */
  readonly saving: number
  /** Changes kept on this device until the server can be reached. */
  readonly kept: number
}

/** As long as nothing else is known, and in what the server draws. */
const QUIET: Saving = { online: true, saving: 0, kept: 0 }

let state: Saving = { ...QUIET, online: typeof window === 'undefined' || navigator.onLine }
const kept = new Map<string, number>()
const listeners = new Set<() => void>()

/** Counts a piece of work as "Saving…" until it ends, however it ends. */
export async function whileSaving<T>(work: Promise<T>): Promise<T> {
  change({ saving: state.saving + 1 })
  try {
    return await work
  } finally {
    change({ saving: state.saving - 1 })
  }
}

/** A feature with a queue of its own says how many changes wait in it; `source` names the queue. */
export function reportKept(source: string, count: number): void {
  kept.set(source, count)
  change({ kept: [...kept.values()].reduce((sum, one) => sum + one, 0) })
}

/** The transport says whether the server answered; the browser's own opinion only knows about cables. */
export function reportReachable(online: boolean): void {
  if (online !== state.online) change({ online })
}

export const savingState = (): Saving => state

export const useSaving = (): Saving => useSyncExternalStore(subscribe, savingState, () => QUIET)

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function change(part: Partial<Saving>): void {
  state = { ...state, ...part }
  for (const listener of listeners) listener()
}

if (typeof window !== 'undefined') {
  window.addEventListener('offline', () => reportReachable(false))
  window.addEventListener('online', () => reportReachable(true))
}
