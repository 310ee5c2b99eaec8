import { useSyncExternalStore } from 'react'

export interface Toast {
  readonly id: number
  readonly message: string
  readonly tone: 'plain' | 'good' | 'bad'
  readonly action: { readonly label: string; readonly run: () => void } | undefined
  /** Milliseconds on the screen, not counting while it is pointed at or focused. */
  readonly lasts: number
}

const PLAIN_MS = 6_000
/** Long enough to notice the mistake, look around and come back. */
const UNDO_MS = 30_000

let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

/** A short message at the bottom of the screen; heard politely. Not for anything a person must act on. */
export function showToast(message: string, options: { tone?: Toast['tone']; action?: Toast['action'] } = {}): void {
  add({ message, tone: options.tone ?? 'plain', action: options.action, lasts: options.action ? UNDO_MS : PLAIN_MS })
}

/** Tells what was done and offers to take it back for 30 seconds. `label` is the word on the button. */
export function showUndo(message: string, label: string, undo: () => void): void {
  add({ message, tone: 'plain', action: { label, run: undo }, lasts: UNDO_MS })
}

export function closeToast(id: number): void {
  change(toasts.filter((toast) => toast.id !== id))
}

export const useToasts = (): readonly Toast[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
    () => toasts
  )

function add(toast: Omit<Toast, 'id'>): void {
  // Three are as many as anyone reads.
  change([...toasts.slice(-2), { ...toast, id: ++lastId }])
}

function change(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}
