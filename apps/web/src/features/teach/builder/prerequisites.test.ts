import { expect, test } from 'vitest'
import { item, unit } from './outline-fixture.ts'
import { circleOf } from './prerequisites.ts'

test('an item may wait for what does not wait for it', () => {
  const units = [unit('U', [item('a'), item('b', { requires: ['a'] })])]
  expect(circleOf(units, 'b', 'a')).toBeUndefined()
})

test('an item may not wait for itself, nor for what waits for it over others', () => {
  const units = [unit('U', [item('a'), item('b', { requires: ['a'] }), item('c', { requires: ['b'] })])]
  expect(circleOf(units, 'a', 'a')).toEqual(['a', 'a'])
  expect(circleOf(units, 'a', 'c')).toEqual(['a', 'c', 'b', 'a'])
})

test('an item may not wait for an item whose unit comes after its own', () => {
  const units = [unit('U', [item('a')]), unit('V', [item('b')], { requires: ['U'] })]
  expect(circleOf(units, 'a', 'b')).toEqual(['a', 'b', 'U', 'a'])
  expect(circleOf(units, 'b', 'a')).toBeUndefined()
})

test('a unit may not wait for a unit that waits for it or for one of its items', () => {
  const units = [unit('U', [item('a')]), unit('V', [item('b')], { requires: ['U'] }), unit('W', [])]
  expect(circleOf(units, 'U', 'V')).toEqual(['U', 'V', 'b', 'U'])
  expect(circleOf(units, 'U', 'W')).toBeUndefined()
  const crossed = [unit('U', [item('a')]), unit('V', [item('b', { requires: ['a'] })])]
  expect(circleOf(crossed, 'U', 'V')).toEqual(['U', 'V', 'b', 'a'])
})
