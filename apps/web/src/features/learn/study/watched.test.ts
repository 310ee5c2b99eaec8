import { expect, test } from 'vitest'
import { mergeRanges, percentWatched, rangesOf } from './watched.ts'

const played = (...ranges: [number, number][]) => ({
  length: ranges.length,
  start: (at: number) => ranges[at]?.[0] ?? 0,
  end: (at: number) => ranges[at]?.[1] ?? 0
})

test('jumping to the end watches only the end', () => {
  expect(percentWatched(rangesOf(played([0, 10], [90, 100])), 100)).toBe(20)
})

test('watching a part twice counts once', () => {
  expect(
    percentWatched(
      mergeRanges(
        [
          [0, 30],
          [20, 50]
        ],
        [[10, 40]]
      ),
      100
    )
  ).toBe(50)
})

test('a tick between two pieces was watched, a hole was not', () => {
  expect(
    mergeRanges([
      [0, 10],
      [10.8, 20],
      [22, 30]
    ])
  ).toEqual([
    [0, 20],
    [22, 30]
  ])
})

test('the first and last second count when they were reached', () => {
  expect(percentWatched([[0.6, 59.4]], 60)).toBe(100)
})

test('nonsense is left out', () => {
  expect(
    mergeRanges([
      [5, 5],
      [9, 3],
      [Number.NaN, 4],
      [-2, 1]
    ])
  ).toEqual([])
  expect(percentWatched([[0, 10]], 0)).toBe(0)
})

test('no report carries more pieces than the server takes, and the longest are kept', () => {
  const pieces = Array.from({ length: 600 }, (_, at): [number, number] => [at * 10, at * 10 + (at < 100 ? 2 : 5)])
  const merged = mergeRanges(pieces)
  expect(merged).toHaveLength(500)
  expect(merged[0]).toEqual([1000, 1005])
})
