import { expect, test } from 'vitest'
import { groupWarnings } from './warning-groups.ts'

test('gathers warnings by kind and file, rare kinds first', () => {
  const groups = groupWarnings([
    { code: 'link', path: 'a.md', message: '1' },
    { code: 'link', path: 'b.md', message: '2' },
    { code: 'site', message: '3' },
    { code: 'link', path: 'a.md', message: '4' }
  ])
  expect(groups).toEqual([
    { code: 'site', count: 1, files: [{ path: '', messages: ['3'] }] },
    {
      code: 'link',
      count: 3,
      files: [
        { path: 'a.md', messages: ['1', '4'] },
        { path: 'b.md', messages: ['2'] }
      ]
    }
  ])
  expect(groupWarnings([])).toEqual([])
})
