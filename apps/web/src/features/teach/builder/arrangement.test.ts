import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Arrangement,
  applyMove,
  inverseOf,
  type Move,
  moveTo,
  placeOf,
  stepItem,
  stepUnit
} from './arrangement.ts'

const order: Arrangement = [
  { unitId: 'A', itemIds: ['a1', 'a2', 'a3'] },
  { unitId: 'B', itemIds: [] },
  { unitId: 'C', itemIds: ['c1'] }
]

const items = (ids: readonly string[], unitId: string, after: string | null): Move => ({
  kind: 'items',
  ids,
  unitId,
  after
})
const shape = (arrangement: Arrangement | undefined) =>
  arrangement?.map(({ unitId, itemIds }) => `${unitId}:${itemIds.join(' ')}`).join(' | ')

describe('moving', () => {
  test('puts items after their anchor, at the top, and into an empty unit', () => {
    expect(shape(applyMove(order, items(['a1'], 'A', 'a3')))).toBe('A:a2 a3 a1 | B: | C:c1')
    expect(shape(applyMove(order, items(['a3'], 'A', null)))).toBe('A:a3 a1 a2 | B: | C:c1')
    expect(shape(applyMove(order, items(['a1', 'c1'], 'B', null)))).toBe('A:a2 a3 | B:a1 c1 | C:')
  })

  test('puts units after each other', () => {
    expect(shape(applyMove(order, { kind: 'unit', id: 'A', after: 'B' }))).toBe('B: | A:a1 a2 a3 | C:c1')
    expect(shape(applyMove(order, { kind: 'unit', id: 'C', after: null }))).toBe('C:c1 | A:a1 a2 a3 | B:')
  })

  test('applies to an outline that somebody else has changed, as far as it still makes sense', () => {
    const newer: Arrangement = [
      { unitId: 'B', itemIds: ['b1'] },
      { unitId: 'A', itemIds: ['a1', 'a2'] }
    ]
    expect(shape(applyMove(newer, items(['a1'], 'A', 'a3')))).toBe('B:b1 | A:a2 a1')
    expect(shape(applyMove(newer, items(['a1', 'a3'], 'B', null)))).toBe('B:a1 b1 | A:a2')
    expect(applyMove(newer, items(['a3'], 'A', null))).toBeUndefined()
    expect(applyMove(newer, items(['a1'], 'C', null))).toBeUndefined()
    expect(applyMove(newer, { kind: 'unit', id: 'C', after: 'A' })).toBeUndefined()
  })

  test('loses and invents nothing, and is undone by its inverse, whatever is moved where', () => {
    const ids = fc.constantFrom('a1', 'a2', 'a3', 'c1')
    const move = fc.oneof(
      fc.record({
        kind: fc.constant('items' as const),
        ids: fc.uniqueArray(ids, { minLength: 1 }),
        unitId: fc.constantFrom('A', 'B', 'C'),
        after: fc.oneof(fc.constant(null), ids)
      }),
      fc.record({
        kind: fc.constant('unit' as const),
        id: fc.constantFrom('A', 'B', 'C'),
        after: fc.constantFrom(null, 'A', 'B', 'C')
      })
    )
    fc.assert(
      fc.property(move, (one) => {
        const after = applyMove(order, one)
        if (!after) throw new Error('everything that is moved here exists')
        expect(after.flatMap(({ itemIds }) => itemIds).toSorted()).toEqual(['a1', 'a2', 'a3', 'c1'])
        const back = inverseOf(order, one).reduce<Arrangement>((now, inverse) => applyMove(now, inverse) ?? now, after)
        expect(back).toEqual(order)
      })
    )
  })
})

describe('moving by keys', () => {
  const walk = (id: string, steps: readonly ('up' | 'down' | 'first' | 'last')[]) =>
    shape(
      steps.reduce<Arrangement>((now, step) => {
        const move = stepItem(now, id, step)
        return (move && applyMove(now, move)) ?? now
      }, order)
    )

  test('walks within the unit, over its border, and stops at the ends', () => {
    expect(walk('a1', ['down'])).toBe('A:a2 a1 a3 | B: | C:c1')
    expect(walk('a3', ['up'])).toBe('A:a1 a3 a2 | B: | C:c1')
    expect(walk('a3', ['up', 'up'])).toBe('A:a3 a1 a2 | B: | C:c1')
    expect(walk('a3', ['down'])).toBe('A:a1 a2 | B:a3 | C:c1')
    expect(walk('a3', ['down', 'down'])).toBe('A:a1 a2 | B: | C:a3 c1')
    expect(walk('c1', ['up', 'up'])).toBe('A:a1 a2 a3 c1 | B: | C:')
    expect(walk('a1', ['up'])).toBe(shape(order))
    expect(walk('a1', ['last'])).toBe('A:a2 a3 a1 | B: | C:c1')
    expect(walk('a3', ['first'])).toBe('A:a3 a1 a2 | B: | C:c1')
  })

  test('walks units', () => {
    const down = stepUnit(order, 'A', 'down')
    expect(down && shape(applyMove(order, down))).toBe('B: | A:a1 a2 a3 | C:c1')
    expect(stepUnit(order, 'A', 'up')).toBeUndefined()
    expect(stepUnit(order, 'C', 'down')).toBeUndefined()
    const last = stepUnit(order, 'A', 'last')
    expect(last && shape(applyMove(order, last))).toBe('B: | C:c1 | A:a1 a2 a3')
  })

  test('says where something is', () => {
    expect(placeOf(order, 'a2')).toEqual({ unitId: 'A', position: 2, count: 3 })
    expect(placeOf(order, 'C')).toEqual({ unitId: undefined, position: 3, count: 3 })
    expect(moveTo(order, 'a2')).toEqual(items(['a2'], 'A', 'a1'))
    expect(moveTo(order, 'A')).toEqual({ kind: 'unit', id: 'A', after: null })
  })
})
