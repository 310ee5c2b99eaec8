import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCompleted, mergeRanges, percentWatched, type Range } from './progress.ts'

const ranges = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 60 }))
    .map(([from, length]): Range => [from, from + length]),
  { maxLength: 40 }
)

/** Every second that the ranges cover, the slow and obvious way. */
const seconds = (watched: readonly Range[]): Set<number> =>
  new Set(watched.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at)))

describe('merging what was watched', () => {
  it('gives the same whatever the order, and however often it was reported', () => {
    fc.assert(
      fc.property(ranges, ranges, (one, other) => {
        const merged = mergeRanges(one, other)
        expect(mergeRanges(other, one)).toEqual(merged)
        expect(mergeRanges(merged, one, other, one)).toEqual(merged)
      })
    )
  })

  it('loses no second, and invents none but the ticks between two reports', () => {
    fc.assert(
      fc.property(ranges, (reported) => {
        const before = seconds(reported)
        const after = seconds(mergeRanges(reported))
        for (const second of before) expect(after.has(second)).toBe(true)
        for (const second of after)
          if (!before.has(second)) expect(before.has(second - 1) && before.has(second + 1)).toBe(true)
      })
    )
  })

  it('keeps pieces in order and apart', () => {
    fc.assert(
      fc.property(ranges, (reported) => {
        const merged = mergeRanges(reported)
        for (const [at, [from, to]] of merged.entries()) {
          expect(to).toBeGreaterThan(from)
          expect(from).toBeGreaterThan((merged[at - 1]?.[1] ?? -2) + 1)
        }
      })
    )
  })

  it('leaves out what is no range', () => {
    expect(
      mergeRanges([
        [5, 5],
        [9, 3],
        [Number.NaN, 4],
        [-3, 2],
        [0, Number.POSITIVE_INFINITY],
        [1, 3]
      ])
    ).toEqual([[1, 3]])
  })
})

describe('the percentage', () => {
  it('never sinks when more is watched, and stays within 0 and 100', () => {
    fc.assert(
      fc.property(ranges, ranges, fc.integer({ min: 1, max: 700 }), (one, more, duration) => {
        const before = percentWatched(one, duration)
        const after = percentWatched(mergeRanges(one, more), duration)
        expect(after).toBeGreaterThanOrEqual(before)
        expect(before).toBeGreaterThanOrEqual(0)
        expect(after).toBeLessThanOrEqual(100)
      })
    )
  })

  it('counts the same second once', () => {
    expect(
      percentWatched(
        [
          [0, 50],
          [25, 50],
          [0, 50]
        ],
        100
      )
    ).toBe(50)
    expect(percentWatched([[0.4, 99.2]], 100)).toBe(100)
    expect(percentWatched([[0, 10]], 0)).toBe(0)
  })
})

describe('completion', () => {
  const studied = { opened: false, seconds: 0, watchedPercent: 0, markedDone: false }
  it('follows the rule and nothing else', () => {
    expect(isCompleted({ kind: 'none' }, { opened: true, seconds: 999, watchedPercent: 100, markedDone: true })).toBe(
      false
    )
    expect(isCompleted({ kind: 'open' }, studied)).toBe(false)
    expect(isCompleted({ kind: 'open' }, { ...studied, opened: true })).toBe(true)
    expect(isCompleted({ kind: 'time', seconds: 60 }, { ...studied, seconds: 59 })).toBe(false)
    expect(isCompleted({ kind: 'time', seconds: 60 }, { ...studied, seconds: 60 })).toBe(true)
    expect(isCompleted({ kind: 'watched', percent: 90 }, { ...studied, watchedPercent: 89 })).toBe(false)
    expect(isCompleted({ kind: 'watched', percent: 90 }, { ...studied, watchedPercent: 90 })).toBe(true)
    expect(isCompleted({ kind: 'done' }, { ...studied, opened: true })).toBe(false)
    expect(isCompleted({ kind: 'done' }, { ...studied, markedDone: true })).toBe(true)
  })
})
