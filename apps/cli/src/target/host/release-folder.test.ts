import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addRelease, listReleases } from './release-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lyceum-releases-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const good = { name: '1.4.0', commit: 'abcdef0', schema: { min: 'platform/0001-ground', max: 'platform/0003-pins' } }

/** A folder that looks like a release, but for what is left out. */
function packed({ release = good, without = '' }: { release?: object; without?: string } = {}): string {
  const place = mkdtempSync(join(folder, 'packed-'))
  for (const path of ['apps/cli/bin/lyceum.mjs', 'node_modules/x', 'apps/web/dist/index.html'].filter(
    (one) => one !== without
  )) {
    mkdirSync(dirname(join(place, path)), { recursive: true })
    writeFileSync(join(place, path), '')
  }
  writeFileSync(join(place, 'release.json'), JSON.stringify(release))
  return place
}

describe('adding a release', () => {
  it('takes a folder or a tar of one, and lists both', () => {
    const root = join(folder, 'root')
    addRelease(root, packed())
    const tar = join(folder, 'next.tar.gz')
    execFileSync('tar', ['-czf', tar, '-C', packed({ release: { ...good, name: '1.5.0' } }), '.'])
    expect(addRelease(root, tar).name).toBe('1.5.0')
    expect(
      listReleases(root)
        .map(({ name }) => name)
        .sort()
    ).toEqual(['1.4.0', '1.5.0'])
  })

  it('never changes one that is there', () => {
    const root = join(folder, 'root')
    addRelease(root, packed())
    writeFileSync(join(root, 'releases/1.4.0/mark'), '')
    expect(() => addRelease(root, packed())).toThrow('already')
    expect(existsSync(join(root, 'releases/1.4.0/mark'))).toBe(true)
  })

  it('refuses what could not run, and leaves nothing behind', () => {
    const root = join(folder, 'root')
    const torn = join(folder, 'torn.tar')
    writeFileSync(torn, 'not a tar')
    for (const [source, why] of [
      [packed({ without: 'apps/web/dist/index.html' }), 'apps/web/dist/index.html is missing'],
      [packed({ release: { ...good, name: '../elsewhere' } }), '/name'],
      [packed({ release: { ...good, schema: { min: '' } } }), '/schema'],
      [torn, 'cannot be unpacked'],
      [join(folder, 'nowhere'), 'There is no']
    ] as const)
      expect(() => addRelease(root, source)).toThrow(why)
    expect(existsSync(root) ? readdirSync(join(root, 'releases')) : []).toEqual([])
  })
})
