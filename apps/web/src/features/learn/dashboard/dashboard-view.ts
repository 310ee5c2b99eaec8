import { useSyncExternalStore } from 'react'
import type { View } from './course-cards.tsx'

const KEY = 'lyceum.dashboard-view'
const listeners = new Set<() => void>()

const read = (): View => (localStorage.getItem(KEY) === 'list' ? 'list' : 'cards')

/** Cards or a list; remembered on this device. */
export function useDashboardView(): [View, (view: View) => void] {
  const view = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    read,
    () => 'cards' as const
  )
  return [view, choose]
}

function choose(view: View): void {
  localStorage.setItem(KEY, view)
  for (const listener of listeners) listener()
}
