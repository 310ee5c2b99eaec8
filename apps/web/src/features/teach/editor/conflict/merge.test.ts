import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Choice, choose, compare, obvious } from './merge.ts'

const words = (text: string) => text.split(' ').filter(Boolean)
const told = (base: string, mine: string, theirs: string) =>
  compare(words(base), words(mine), words(theirs)).map(
    (part) => `${part.changed}(${part.mine.join(' ')}/${part.theirs.join(' ')})`
  )

describe('comparing two versions with the one they came from', () => {
  test('finds who changed what', () => {
    expect(told('a b c d', 'a B c d', 'a b c D')).toEqual(['nobody(a/a)', 'mine(B/b)', 'nobody(c/c)', 'theirs(d/D)'])
    expect(told('a b c', 'a x c', 'a y c')).toEqual(['nobody(a/a)', 'both(x/y)', 'nobody(c/c)'])
  })

  test('knows blocks put in and taken out', () => {
    expect(told('a b', 'a new b', 'a b')).toEqual(['nobody(a/a)', 'mine(new/)', 'nobody(b/b)'])
    expect(told('a b c', 'a c', 'a b c end')).toEqual(['nobody(a/a)', 'mine(/b)', 'nobody(c/c)', 'theirs(/end)'])
  })

  test('does not ask about what both did alike', () => {
    expect(told('a b', 'a z', 'a z')).toEqual(['nobody(a z/a z)'])
  })

  test('compares with an empty page', () => {
    expect(told('', 'mine', 'theirs')).toEqual(['both(mine/theirs)'])
    expect(told('', '', '')).toEqual([])
  })

  test('sees two writings of the same block as one', () => {
    const parts = compare(['A'], ['a'], ['A'], (entry) => entry.toLowerCase())
    expect(parts.map(({ changed }) => changed)).toEqual(['nobody'])
  })
})

describe('choosing', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 })
  const all = (choice: Choice) => (parts: readonly unknown[]) => parts.map(() => choice)

  test('one side throughout gives that side, whatever was changed', () => {
    fc.assert(
      fc.property(text, text, text, (base, mine, theirs) => {
        const parts = compare(base, mine, theirs)
        expect(choose(parts, all('mine')(parts))).toEqual(mine)
        expect(choose(parts, all('theirs')(parts))).toEqual(theirs)
      })
    )
  })

  test('what only one changed needs no question, and both changes are in the page', () => {
    const parts = compare(words('a b c d'), words('a B c d'), words('a b c D'))
    expect(
      choose(
        parts,
        parts.map(obvious).map((choice) => choice ?? 'both')
      )
    ).toEqual(words('a B c D'))
  })

  test('both keeps both', () => {
    const parts = compare(words('a b'), words('a x'), words('a y'))
    expect(parts.map(obvious)).toEqual(['mine', undefined])
    expect(choose(parts, ['mine', 'both'])).toEqual(words('a x y'))
  })
})
