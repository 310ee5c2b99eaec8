import { expect, test } from 'vitest'
import { isLitter, sourceOf } from './dropped-files.ts'

const placed = (...paths: string[]) =>
  paths.map((path) => ({ path, file: new File(['x'], path.split('/').at(-1) ?? '') }))
const told = (...paths: string[]) => {
  const source = sourceOf(placed(...paths))
  return source?.kind === 'folder' ? [source.name, ...source.files.map(({ path }) => path)] : source?.kind
}

test('one zip is an archive', () => {
  expect(told('course.ZIP')).toBe('zip')
  expect(told('.DS_Store', 'course.zip')).toBe('zip')
})

test('anything else is a folder, named after itself', () => {
  expect(told('git/index.md', 'git/fig/a.png')).toEqual(['git', 'git/index.md', 'git/fig/a.png'])
  expect(told('lesson.md')).toEqual(['lesson', 'lesson.md'])
  expect(told('a.zip', 'b.zip')).toEqual(['a', 'a.zip', 'b.zip'])
})

test('what programs leave behind stays behind', () => {
  expect(told('c/.git/config', 'c/__MACOSX/x', 'c/node_modules/y/z.js', 'c/page.md', 'c/Thumbs.db')).toEqual([
    'c',
    'c/page.md'
  ])
  expect(told('.DS_Store')).toBeUndefined()
  expect(isLitter('c/.well/hidden.md')).toBe(true)
  expect(isLitter('c/file.name.md')).toBe(false)
})
