import type { Position } from '@lyceum/course/contract'
import { type RefObject, useEffect, useRef } from 'react'
import { blocksOf, distanceTo, type PagePosition, type Place, positionAt } from './position.ts'
import type { Study } from './use-study.ts'

/** Scrolling has come to rest. */
const REST_MS = 400
/** Pictures that need longer than this to find their place must not move a reader any more. */
const SETTLE_MS = 12_000
const HAND_ON_PAGE = ['wheel', 'touchstart', 'keydown', 'pointerdown'] as const

interface Given {
  /** The element whose children are the page. */
  readonly page: RefObject<HTMLElement | null>
  /** What the page says; a new one is measured anew. */
  readonly html: string
  readonly position: Position | null
  readonly study: Pick<Study, 'report' | 'onLeave'>
  /** The reader was taken to where they had been. */
  readonly onResumed: () => void
}

/**
 * Takes the reader to the line where they left, whatever the size of this screen, keeps them there while pictures find
 * their place, and remembers where they are from their first own movement on.
 */
export function usePagePosition({ page, html, position, study, onResumed }: Given): void {
  const start = useRef(position)
  const told = useRef(onResumed)
  told.current = onResumed
  const { report, onLeave } = study

  useEffect(() => {
    const root = page.current
    if (!root || html === '') return
    const target = pagePosition(start.current)
    let moved = false
    let resumed = false
    let timer: ReturnType<typeof setTimeout> | undefined

    const resume = () => {
      if (moved || !target) return
      const distance = distanceTo(placesOf(root), target, topLine())
      if (Math.abs(distance) < 1) return
      window.scrollBy({ top: distance, behavior: 'instant' })
      if (!resumed) told.current()
      resumed = true
    }
    const remember = () => {
      if (!moved || !root.isConnected) return
      const now = positionAt(placesOf(root), topLine())
      const last = pagePosition(start.current)
      if (now.block === last?.block && now.offset === last.offset) return
      start.current = now
      report({ position: now })
    }
    const onHand = () => {
      moved = true
      settling.disconnect()
    }
    const onScroll = () => {
      clearTimeout(timer)
      timer = setTimeout(remember, REST_MS)
    }

    const settling = new ResizeObserver(resume)
    settling.observe(root)
    resume()
    const patience = setTimeout(() => settling.disconnect(), SETTLE_MS)
    for (const hand of HAND_ON_PAGE) window.addEventListener(hand, onHand, { passive: true })
    window.addEventListener('scroll', onScroll, { passive: true })
    const stay = onLeave(remember)
    return () => {
      stay()
      clearTimeout(timer)
      clearTimeout(patience)
      settling.disconnect()
      for (const hand of HAND_ON_PAGE) window.removeEventListener(hand, onHand)
      window.removeEventListener('scroll', onScroll)
    }
  }, [page, html, report, onLeave])
}

const pagePosition = (position: Position | null): PagePosition | undefined =>
  position && 'block' in position ? position : undefined

const placesOf = (root: Element): Place[] =>
  blocksOf(root).map((block) => {
    const { top, height } = block.getBoundingClientRect()
    return { top, height }
  })

/** The lower edge of what lies over the page: the bar, and the lens below it. */
function topLine(): number {
  const main = document.querySelector('main')
  const bars = main?.parentElement?.children ?? []
  let line = 0
  for (const bar of bars) {
    if (bar === main) break
    const { position } = getComputedStyle(bar)
    if (position === 'sticky' || position === 'fixed') line = Math.max(line, bar.getBoundingClientRect().bottom)
  }
  return Math.round(line) + BREATH
}

/** A little air above the first line. */
const BREATH = 12
