import { describe, expect, it } from 'vitest'
import { connectionsFor, connectionsOf, poolSizeFor } from './pool-size.ts'

const usual = { maxConnections: 100, reserved: 3 }

describe('the size of a pool', () => {
  it('is ten where there is room, and no more', () => {
    expect(poolSizeFor(usual, { processes: 1, pooled: false })).toBe(10)
    expect(poolSizeFor({ maxConnections: 5_000, reserved: 3 }, { processes: 1, pooled: false })).toBe(10)
  })

  it.each([2, 3, 5, 7, 9])('fits when %i processes are all busy', (processes) => {
    const fleet = { processes, pooled: false }
    expect(connectionsOf(poolSizeFor(usual, fleet), fleet)).toBeLessThanOrEqual(connectionsFor(usual))
  })

  it('is never less than two, which doctor calls a fault when that is too many', () => {
    const fleet = { processes: 60, pooled: false }
    expect(poolSizeFor(usual, fleet)).toBe(2)
    expect(connectionsOf(2, fleet)).toBeGreaterThan(connectionsFor(usual))
  })

  it('is no matter of the server behind a pooler', () => {
    expect(poolSizeFor(usual, { processes: 60, pooled: true })).toBe(10)
  })
})
