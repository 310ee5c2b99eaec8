import { useState } from 'react'
import type { View } from './course-cards.tsx'

const KEY = 'lyceum.dashboard-view'

/** Cards or a list; remembered on this device. */
export function useDashboardView(): [View, (view: View) => void] {
  const [view, setView] = useState<View>(() => (localStorage.getItem(KEY) === 'list' ? 'list' : 'cards'))
  const choose = (next: View) => {
    localStorage.setItem(KEY, next)
    setView(next)
  }
  return [view, choose]
}
