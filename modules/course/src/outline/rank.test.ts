import fc from 'fast-check'
import { generateNKeysBetween } from 'fractional-indexing'
import { describe, expect, it } from 'vitest'
import { rankAfter, rankAnew } from './rank.ts'

describe('ranks', () => {
  it('sort as wanted after any rearrangement', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer(), (count, seed) => {
        const ids = Array.from({ length: count }, (_, at) => `i${at}`)
        const keys = generateNKeysBetween(null, null, count)
        const ranks = new Map(ids.map((id, at) => [id, { rank: keys[at] ?? '' }]))
        const wanted = [...ids].sort(
          (a, b) =>
            ((a.length * seed + Number(a.slice(1)) * 7919 * seed) % 101) -
            ((b.length * seed + Number(b.slice(1)) * 7919 * seed) % 101)
        )
        const anew = new Map(rankAnew(wanted, ranks))
        const final = wanted.map((id) => anew.get(id) ?? ranks.get(id)?.rank ?? '')
        for (const [at, rank] of final.entries()) if (at > 0) expect(rank > (final[at - 1] ?? '')).toBe(true)
      })
    )
  })

  it('write one row when one thing moves, and none when nothing does', () => {
    const ids = ['a', 'b', 'c', 'd', 'e']
    const keys = generateNKeysBetween(null, null, 5)
    const ranks = new Map(ids.map((id, at) => [id, { rank: keys[at] ?? '' }]))
    expect(rankAnew(ids, ranks)).toEqual([])
    expect(rankAnew(['b', 'c', 'd', 'e', 'a'], ranks).map(([id]) => id)).toEqual(['a'])
    expect(rankAnew(['e', 'a', 'b', 'c', 'd'], ranks).map(([id]) => id)).toEqual(['e'])
    expect(rankAnew(['a', 'x', 'b'], ranks).map(([id]) => id)).toEqual(['x'])
  })

  it('leave room at the end', () => {
    expect(rankAfter(rankAfter(null)) > rankAfter(undefined)).toBe(true)
  })
})
