import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** This release and the two before it: a page that was open through two upgrades still finds its files. */
const KEPT = 3
/** Which files came with which release, one JSON list each. */
const LISTS = '.releases'

/**
 * Puts what browsers load of this release, files with a digest in their names, into a folder shared with the releases
 * before and after it, and removes what only releases brought that are three or more behind. Safe to do twice, and at
 * the same moment in several processes.
 */
export async function shareAssets({
  dist,
  shared,
  release
}: {
  readonly dist: string
  readonly shared: string
  readonly release: string
}): Promise<void> {
  const assets = join(shared, 'assets')
  const lists = join(shared, LISTS)
  await mkdir(assets, { recursive: true })
  await mkdir(lists, { recursive: true })
  const names = await readdir(join(dist, 'assets'))
  const there = new Set(await readdir(assets))
  for (const name of names) {
    if (there.has(name)) continue
    await appear(join(assets, name), (path) => copyFile(join(dist, 'assets', name), path))
  }
  await appear(join(lists, `${release}.json`), (path) => writeFile(path, JSON.stringify(names)))
  await prune(assets, lists)
}

/** Under its name a file is whole: nobody is served half of it. */
async function appear(path: string, write: (path: string) => Promise<void>): Promise<void> {
  const growing = `${path}.${randomUUID()}.part`
  await write(growing)
  await rename(growing, path)
}

async function prune(assets: string, lists: string): Promise<void> {
  const releases = await Promise.all(
    (await readdir(lists))
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => ({ path: join(lists, name), bootedAt: (await stat(join(lists, name))).mtimeMs }))
  )
  releases.sort((a, b) => b.bootedAt - a.bootedAt)
  const old = releases.slice(KEPT)
  if (old.length === 0) return
  const namesOf = async ({ path }: { path: string }): Promise<string[]> => {
    const names: unknown = JSON.parse(await readFile(path, 'utf8'))
    return Array.isArray(names) ? names.map(String) : []
  }
  const kept = new Set((await Promise.all(releases.slice(0, KEPT).map(namesOf))).flat())
  for (const list of old) {
    for (const name of await namesOf(list)) if (!kept.has(name)) await rm(join(assets, name), { force: true })
    await rm(list.path, { force: true })
  }
}
