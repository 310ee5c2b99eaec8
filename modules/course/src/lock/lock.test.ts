import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LockableItem, locksOf } from './lock.ts'
import { mustHaveNoCircle } from './prerequisite.ts'

const now = new Date('2026-03-01T12:00:00Z')
const before = '2026-03-01T11:59:59.000Z'
const after = '2026-03-01T12:00:01.000Z'
const open = { startsAt: null, endsAt: null, status: 'published' } as const

const item = (id: string, more: Partial<LockableItem> = {}): LockableItem => ({
  id,
  title: id.toUpperCase(),
  completion: { kind: 'open' },
  opensAt: null,
  requires: [],
  required: true,
  completedAt: null,
  ...more
})
const unit = (id: string, items: LockableItem[], more: { opensAt?: string; requires?: string[] } = {}) => ({
  id,
  title: id.toUpperCase(),
  opensAt: null,
  requires: [],
  items,
  ...more
})

describe('what is locked', () => {
  it('is nothing where nothing is said', () => {
    const locks = locksOf(open, [unit('u', [item('a')])], now)
    expect([locks.course, locks.units.get('u'), locks.items.get('a')]).toEqual([[], [], []])
  })

  it('waits for the start, and ends with the end unless archived', () => {
    const parts = [unit('u', [item('a')])]
    const reasons = (dates: object) => locksOf({ ...open, ...dates }, parts, now).items.get('a')
    expect(reasons({ startsAt: after })).toEqual([{ code: 'course-starts-at', at: after }])
    expect(reasons({ startsAt: before, endsAt: after })).toEqual([])
    expect(reasons({ endsAt: before })).toEqual([{ code: 'course-ended-at', at: before }])
    expect(reasons({ endsAt: now.toISOString() })).toHaveLength(1)
    expect(reasons({ endsAt: before, status: 'archived' })).toEqual([])
  })

  it('names every reason, the widest first', () => {
    const parts = [
      unit('one', [item('a'), item('b'), item('c', { completedAt: before }), item('d', { required: false })]),
      unit('two', [item('x', { opensAt: after, requires: ['a', 'c'] })], { opensAt: after, requires: ['one'] })
    ]
    expect(locksOf({ ...open, startsAt: after }, parts, now).items.get('x')).toEqual([
      { code: 'course-starts-at', at: after },
      { code: 'unit-opens-at', at: after, unitTitle: 'TWO' },
      { code: 'requires-unit', unitId: 'one', unitTitle: 'ONE', remaining: 2 },
      { code: 'opens-at', at: after },
      { code: 'requires-item', itemId: 'a', itemTitle: 'A', completion: { kind: 'open' } }
    ])
  })

  it('is not held up by what was removed, is a draft or asks for nothing', () => {
    const parts = [
      unit('u', [item('a', { required: false }), item('x', { requires: ['a', 'gone'] })], { requires: ['gone'] })
    ]
    expect(locksOf(open, parts, now).items.get('x')).toEqual([])
  })
})

describe('prerequisites', () => {
  it('may not wait for each other, be it through their units', () => {
    expect(() =>
      mustHaveNoCircle([unit('u', [item('a', { requires: ['b'] }), item('b', { requires: ['a'] })])])
    ).toThrow(/“A” → “B” → “A”/)
    expect(() => mustHaveNoCircle([unit('u', [item('a', { requires: ['a'] })])])).toThrow(/“A” → “A”/)
    expect(() =>
      mustHaveNoCircle([unit('one', [], { requires: ['two'] }), unit('two', [], { requires: ['one'] })])
    ).toThrow()
    expect(() =>
      mustHaveNoCircle([unit('one', [item('a', { requires: ['x'] })]), unit('two', [item('x')], { requires: ['one'] })])
    ).toThrow(/each waits for the next/)
  })

  it('never lock a course for ever: whoever completes what is open gets through', () => {
    const outlines = fc
      .array(fc.array(fc.tuple(fc.array(fc.nat(11), { maxLength: 2 }), fc.boolean()), { maxLength: 4 }), {
        minLength: 1,
        maxLength: 4
      })
      .chain((shape) =>
        fc
          .array(fc.array(fc.nat(3), { maxLength: 2 }), { minLength: shape.length, maxLength: shape.length })
          .map((needs) => {
            let number = 0
            return shape.map((items, at) =>
              unit(
                `u${at}`,
                items.map(([requires, required]) =>
                  item(`i${number++}`, { required, requires: requires.map((id) => `i${id}`) })
                ),
                { requires: (needs[at] ?? []).map((id) => `u${id}`) }
              )
            )
          })
      )
    fc.assert(
      fc.property(outlines, (parts) => {
        try {
          mustHaveNoCircle(parts)
        } catch {
          return
        }
        let current = parts
        for (let round = 0; round <= 20; round++) {
          const locks = locksOf(open, current, now)
          current = current.map((part) => ({
            ...part,
            items: part.items.map((one) => (locks.items.get(one.id)?.length ? one : { ...one, completedAt: before }))
          }))
        }
        expect(current.flatMap(({ items }) => items).every(({ completedAt }) => completedAt !== null)).toBe(true)
      }),
      { numRuns: 500 }
    )
  })
})
