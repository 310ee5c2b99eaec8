/** Where a block lies on the screen, in CSS pixels from its upper edge. */
export interface Place {
  readonly top: number
  readonly height: number
}

export interface PagePosition {
  readonly block: number
  readonly offset: number
}

/** Boxes that only hold others: a place within one of them is told by what they hold. */
const HOLDERS = new Set(['DIV', 'SECTION', 'ASIDE', 'DETAILS', 'BLOCKQUOTE', 'UL', 'OL', 'DL'])
/** What the screen adds to a page by itself is not counted, so that a position means the same next year. */
const ADDED = '[data-added]'

/** The blocks of a page in reading order, the same on every screen. */
export function blocksOf(root: Element): Element[] {
  return [...root.children].flatMap((child) => {
    if (child.matches(ADDED)) return []
    return HOLDERS.has(child.tagName) && child.children.length > 0 ? blocksOf(child) : [child]
  })
}

/** The block at the line `top` (the lower edge of what lies over the page) and how much of it is above the line. */
export function positionAt(places: readonly Place[], top: number): PagePosition {
  // Half a pixel above the line is rounding, not reading.
  const at = places.findIndex((place) => place.height > 0 && place.top + place.height > top + 0.5)
  const place = places[at]
  if (!place) return { block: Math.max(0, places.length - 1), offset: places.length > 0 ? 1 : 0 }
  const offset = Math.min(1, Math.max(0, (top - place.top) / place.height))
  return { block: at, offset: Math.round(offset * 10_000) / 10_000 }
}

/** How far to scroll so that the position is at the line `top`; nothing to do for a page never scrolled. */
export function distanceTo(places: readonly Place[], { block, offset }: PagePosition, top: number): number {
  const place = places[Math.min(block, places.length - 1)]
  if (!place || (block === 0 && offset === 0)) return 0
  return place.top + offset * place.height - top
}
