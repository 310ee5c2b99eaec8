import { useSyncExternalStore } from 'react'

export type Density = 'comfortable' | 'compact'

const KEY = 'lyceum.density'
const listeners = new Set<() => void>()

const read = (): Density => (localStorage.getItem(KEY) === 'compact' ? 'compact' : 'comfortable')

/** Sets the attribute that the tokens listen to; once at the start. */
export function startDensity(): void {
  document.documentElement.dataset.density = read()
}

export function chooseDensity(density: Density): void {
  localStorage.setItem(KEY, density)
  startDensity()
  for (const listener of listeners) listener()
}

export const useDensity = (): Density =>
  useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, read)
