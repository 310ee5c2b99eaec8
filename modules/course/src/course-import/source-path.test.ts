import { posix } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareNaturally, joinInside, numberOf, titleFromName } from './source-path.ts'
import { assertSafeEntryName } from './zip-entry-name.ts'

const part = fc.oneof(fc.constantFrom('..', '.', '', '\\', '..\\..', '/', '\0', 'a', 'ü'), fc.string())
const path = fc.array(part, { maxLength: 8 }).chain((parts) => fc.constantFrom(parts.join('/'), parts.join('\\')))

test('no link leads out of the source', () => {
  fc.assert(
    fc.property(path, path, (folder, target) => {
      const inside = joinInside('', folder)
      const joined = inside === undefined ? undefined : joinInside(inside, target)
      if (joined === undefined) return
      expect(posix.resolve('/root', joined).startsWith('/root')).toBe(true)
      expect(joined.split(/[/\\]/)).not.toContain('..')
      expect(joined).not.toContain('\0')
    }),
    { numRuns: 2000 }
  )
})

test('no accepted entry name leads out of the folder it is unpacked to, on any system', () => {
  fc.assert(
    fc.property(path, (name) => {
      try {
        assertSafeEntryName(name)
      } catch {
        return
      }
      expect(posix.resolve('/root', name).startsWith('/root/')).toBe(true)
      expect(name).not.toMatch(/\\|\0|^[a-z]:|(^|\/)\.\.(\/|$)/i)
    }),
    { numRuns: 2000 }
  )
})

test.each([
  ['lessons', '../img/a.png', 'img/a.png'],
  ['lessons', './b.md', 'lessons/b.md'],
  ['lessons', '..\\img\\a.png', 'img/a.png'],
  ['lessons', '/img/a.png', 'img/a.png'],
  ['lessons', '..', ''],
  ['', '../a', undefined],
  ['a', '../../b', undefined]
])('from %j, %j leads to %j', (folder, target, expected) => {
  expect(joinInside(folder, target)).toBe(expected)
})

test('numbers order names and are no part of titles', () => {
  expect(['10-b.md', '2-a.md', '1.md'].sort(compareNaturally)).toEqual(['1.md', '2-a.md', '10-b.md'])
  expect(numberOf('02-setup.md')).toBe(2)
  expect(numberOf('3d-printing.md')).toBeUndefined()
  expect(titleFromName('02-getting_started.md')).toBe('Getting started')
  expect(titleFromName('3d-printing.md')).toBe('3d printing')
  expect(titleFromName('04. улей.md')).toBe('Улей')
  expect(titleFromName('2024.md')).toBe('2024')
})
