import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'

/** Kilobytes of compressed JavaScript that the first load of a screen may weigh. */
export const BUDGET_KB = 180

export interface FirstLoad {
  readonly screen: string
  readonly scriptKb: number
  readonly styleKb: number
  readonly files: readonly { readonly file: string; readonly kb: number }[]
}

interface Chunk {
  readonly file: string
  readonly name?: string
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

/** What each of the first screens loads, by the names of its chunks (`chunks.ts`) and entries. */
const screens = {
  'sign-in': ['index', 'app', 'door', 'words-en'],
  dashboard: ['index', 'app', 'home', 'words-en', 'study-queue']
}

/**
 * Weighs the first screens of a build as the server sends them.
 * @param dist where the build lies, with a slash at the end
 */
export function firstLoads(dist: URL): readonly FirstLoad[] {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
  return Object.entries(screens).map(([screen, names]) => {
    const needed = new Set<string>()
    for (const name of names) {
      const key = Object.keys(manifest).find((one) => manifest[one]?.name === name)
      if (key === undefined) throw new Error(`The build has no chunk ${name}; see chunks.ts.`)
      collect(manifest, key, needed)
    }
    const files = [...needed]
      .map((file) => ({ file, kb: brotliCompressSync(readFileSync(new URL(file, dist))).length / 1024 }))
      .toSorted((one, other) => other.kb - one.kb)
    const sum = (ending: string) =>
      files.filter(({ file }) => file.endsWith(ending)).reduce((total, { kb }) => total + kb, 0)
    return { screen, scriptKb: sum('.js'), styleKb: sum('.css'), files }
  })
}

function collect(manifest: Readonly<Record<string, Chunk>>, key: string, found: Set<string>): void {
  const chunk = manifest[key]
  if (!chunk || found.has(chunk.file)) return
  found.add(chunk.file)
  for (const file of chunk.css ?? []) found.add(file)
  for (const next of chunk.imports ?? []) collect(manifest, next, found)
}
