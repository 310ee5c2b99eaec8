import { useEffect, useSyncExternalStore } from 'react'
import { useLocation } from 'react-router'
import { useSchool } from './session.ts'

export interface Crumb {
  readonly label: string
  readonly to: string
}

let crumbs: readonly Crumb[] = []
let pathOfFocus: string | undefined
const listeners = new Set<() => void>()

/**
 * Tells the frame what page this is: the tab's title, the way back, and — after a change of page — the focus on its
 * heading. `Page` does this for you; call it yourself only on a page that draws its own header.
 */
export function usePageTitle(title: string, way: readonly Crumb[] = []): void {
  const { pathname } = useLocation()
  const school = useSchool().name
  const written = JSON.stringify(way)

  useEffect(() => {
    document.title = `${title} · ${school}`
  }, [title, school])

  useEffect(() => {
    // Written out because the array is a new one on every drawing, and only what it says matters.
    const next: readonly Crumb[] = JSON.parse(written)
    crumbs = next
    for (const listener of listeners) listener()
  }, [written])

  useEffect(() => {
    const moved = pathOfFocus !== undefined && pathOfFocus !== pathname
    pathOfFocus = pathname
    if (moved) (document.querySelector<HTMLElement>('main h1') ?? document.querySelector<HTMLElement>('main'))?.focus()
  }, [pathname])
}

export const useCrumbs = (): readonly Crumb[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => crumbs,
    () => crumbs
  )
