import { useState } from 'react'

interface CursorPager {
  /** Of the page on the screen; undefined for the first. */
  readonly cursor: string | undefined
  readonly page: number
  readonly previous: (() => void) | undefined
  readonly next: (nextCursor: string | null | undefined) => (() => void) | undefined
  readonly restart: () => void
}

/** Walks a list of cursors forward and back again. */
export function usePager(): CursorPager {
  const [cursors, setCursors] = useState<readonly string[]>([])
  return {
    cursor: cursors.at(-1),
    page: cursors.length,
    previous: cursors.length > 0 ? () => setCursors((before) => before.slice(0, -1)) : undefined,
    next: (nextCursor) => (nextCursor ? () => setCursors((before) => [...before, nextCursor]) : undefined),
    restart: () => setCursors([])
  }
}
