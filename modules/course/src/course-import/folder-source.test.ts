import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { courseFolder } from './course-fixture.ts'
import { openFolderSource } from './folder-source.ts'

test('lists what a person put there, in natural order', async () => {
  const source = await openFolderSource(
    await courseFolder({
      '10.md': 'x',
      '2.md': 'xy',
      '.git/config': '',
      'node_modules/a/README.md': '',
      'a/.hidden.md': ''
    })
  )
  expect(await source.list()).toEqual([
    { path: '2.md', size: 2 },
    { path: '10.md', size: 1 }
  ])
})

test('links are followed inside the folder only', async () => {
  const outside = await courseFolder({ 'secret.md': 'secret' })
  const folder = await courseFolder({ 'a.md': 'text' })
  await mkdir(join(folder, 'sub'))
  await symlink('../a.md', join(folder, 'sub', 'b.md'))
  await symlink(join(outside, 'secret.md'), join(folder, 'c.md'))
  await symlink(outside, join(folder, 'd'))
  await symlink('.', join(folder, 'loop'))
  const source = await openFolderSource(folder)
  expect((await source.list()).map((file) => file.path)).toEqual(['a.md', 'sub/b.md'])
  expect((await buffer(await source.open('sub/b.md'))).toString()).toBe('text')
  expect(source.warnings.map((warning) => warning.path).sort()).toEqual(['c.md', 'd', 'loop'])
})

test('names from a Mac are found under their usual spelling', async () => {
  const folder = await courseFolder({})
  await writeFile(join(folder, 'e\u0301te\u0301.md'), 'summer')
  const source = await openFolderSource(folder)
  expect((await source.read('\u00e9t\u00e9.md')).toString()).toBe('summer')
})

test('only listed files can be read', async () => {
  const folder = await courseFolder({ 'a.md': '' })
  const source = await openFolderSource(folder)
  for (const path of ['../etc/passwd', '/etc/passwd', 'a.md/..']) {
    await expect(source.read(path)).rejects.toMatchObject({ code: 'course-import.file-not-found' })
  }
  await expect(openFolderSource(join(folder, 'gone'))).rejects.toMatchObject({ code: 'course-import.folder-not-found' })
})
