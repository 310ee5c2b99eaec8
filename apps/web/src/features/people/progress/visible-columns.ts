interface View {
  /** Pixels that have been scrolled away, always positive. */
  readonly scrolled: number
  /** Pixels of the scrolling box, and of what sticks to its start. */
  readonly width: number
  readonly fixed: number
  readonly columnWidth: number
  readonly count: number
}

/** Drawn beyond the edge, so that scrolling a little shows no gap. */
const SPARE = 8

/** Which columns need drawing: from `from` up to, not including, `to`. Moves in steps, so that few scrolls redraw. */
export function visibleColumns({ scrolled, width, fixed, columnWidth, count }: View): { from: number; to: number } {
  const first = Math.floor(scrolled / columnWidth)
  const step = Math.floor(first / SPARE) * SPARE
  const from = Math.max(0, Math.min(step - SPARE, count))
  const seen = Math.ceil(Math.max(0, width - fixed) / columnWidth)
  return { from, to: Math.min(count, step + seen + 2 * SPARE) }
}
