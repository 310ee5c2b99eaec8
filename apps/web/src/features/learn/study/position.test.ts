import { expect, test } from 'vitest'
import { distanceTo, type Place, positionAt } from './position.ts'

/** Blocks one below the other, the first one `from` pixels below the upper edge of the screen. */
const column = (from: number, heights: readonly number[]): Place[] => {
  let top = from
  return heights.map((height) => {
    const place = { top, height }
    top += height
    return place
  })
}

test('the block at the line and how much of it is above', () => {
  expect(positionAt(column(-300, [200, 400, 100]), 100)).toEqual({ block: 1, offset: 0.5 })
})

test('a page that was not scrolled is at its beginning', () => {
  expect(positionAt(column(250, [200, 400]), 70)).toEqual({ block: 0, offset: 0 })
})

test('a page read to its end stays at its end', () => {
  expect(positionAt(column(-900, [200, 400]), 70)).toEqual({ block: 1, offset: 1 })
})

test('blocks that are folded away are passed over', () => {
  expect(positionAt(column(-100, [150, 0, 0, 300]), 60)).toEqual({ block: 3, offset: 0.0333 })
})

test('an empty page has one place', () => {
  expect(positionAt([], 60)).toEqual({ block: 0, offset: 0 })
})

test('a place of a wide screen is found again on a narrow one', () => {
  const wide = column(-1000, [300, 500, 400, 200])
  const position = positionAt(wide, 80)
  const narrow = column(500, [700, 1300, 900, 420])
  const distance = distanceTo(narrow, position, 80)
  const scrolled = narrow.map(({ top, height }) => ({ top: top - distance, height }))
  const again = positionAt(scrolled, 80)
  expect(again.block).toBe(position.block)
  expect(again.offset).toBeCloseTo(position.offset, 3)
})

test('nobody is moved to the beginning, nor on a page that has become empty', () => {
  expect(distanceTo(column(500, [100]), { block: 0, offset: 0 }, 80)).toBe(0)
  expect(distanceTo([], { block: 7, offset: 0.5 }, 80)).toBe(0)
})

test('a page that has become shorter is opened at its last block', () => {
  expect(distanceTo(column(0, [100, 100]), { block: 9, offset: 0 }, 0)).toBe(100)
})
