import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { shareAssets } from './shared-assets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lyceum-assets-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const assets = () => readdirSync(join(folder, 'shared/assets')).sort()

/** Boots a release that is made of these files, a minute after the one before. */
async function boot(minute: number, release: string, files: readonly string[]): Promise<void> {
  const dist = join(folder, release)
  mkdirSync(join(dist, 'assets'), { recursive: true })
  for (const name of files) writeFileSync(join(dist, 'assets', name), `${name} of ${release}`)
  await shareAssets({ dist, shared: join(folder, 'shared'), release })
  const at = new Date(1_700_000_000_000 + minute * 60_000)
  utimesSync(join(folder, 'shared/.releases', `${release}.json`), at, at)
}

it('keeps the files of this release and the two before it, also those that several have', async () => {
  await boot(1, 'a', ['common.js', 'a.js'])
  await boot(2, 'b', ['common.js', 'b.js'])
  await boot(3, 'c', ['c.js'])
  expect(assets()).toEqual(['a.js', 'b.js', 'c.js', 'common.js'])
  expect(readFileSync(join(folder, 'shared/assets/common.js'), 'utf8')).toBe('common.js of a')
  await boot(4, 'd', ['d.js'])
  expect(assets()).toEqual(['b.js', 'c.js', 'common.js', 'd.js'])
  await boot(5, 'e', ['e.js'])
  expect(assets()).toEqual(['c.js', 'd.js', 'e.js'])
})

it('counts from the last boot: a release that is started again stays', async () => {
  await boot(1, 'a', ['a.js'])
  await boot(2, 'b', ['b.js'])
  await boot(3, 'c', ['c.js'])
  await boot(4, 'a', ['a.js'])
  await boot(5, 'd', ['d.js'])
  expect(assets()).toEqual(['a.js', 'c.js', 'd.js'])
})

it('may happen in several processes at once', async () => {
  await Promise.all(['one', 'two', 'three'].map((name) => boot(1, name, ['same.js', `${name}.js`])))
  expect(assets()).toEqual(['one.js', 'same.js', 'three.js', 'two.js'])
})
