import { expect, test } from 'vitest'
import { unitGroups } from './unit-groups.ts'

test('neighbours of one unit stand together, and the order of the course is kept', () => {
  const items = ['A', 'A', 'B', 'A'].map((unitTitle, place) => ({ unitTitle, place }))
  expect(unitGroups(items).map(({ title, items }) => [title, items.map(({ place }) => place)])).toEqual([
    ['A', [0, 1]],
    ['B', [2]],
    ['A', [3]]
  ])
  expect(unitGroups([])).toEqual([])
})
