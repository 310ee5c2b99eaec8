import { describe, expect, it } from 'vitest'
import { visibleColumns } from './visible-columns.ts'

const view = { width: 1000, fixed: 200, columnWidth: 40, count: 300 }

describe('columns of a wide table', () => {
  it('are few, whatever their number', () => {
    const { from, to } = visibleColumns({ ...view, scrolled: 4000 })
    expect(to - from).toBeLessThan(50)
  })

  it('always cover what can be seen', () => {
    for (let scrolled = 0; scrolled <= 300 * 40 - 800; scrolled += 7) {
      const { from, to } = visibleColumns({ ...view, scrolled })
      expect(from * 40).toBeLessThanOrEqual(scrolled)
      expect(to * 40).toBeGreaterThanOrEqual(Math.min(scrolled + 800, 300 * 40))
    }
  })

  it('stay inside the table', () => {
    expect(visibleColumns({ ...view, scrolled: 0, count: 3 })).toEqual({ from: 0, to: 3 })
    expect(visibleColumns({ ...view, scrolled: 99_999 })).toEqual({ from: 300, to: 300 })
    expect(visibleColumns({ ...view, scrolled: 0, width: 0 })).toEqual({ from: 0, to: 16 })
  })
})
