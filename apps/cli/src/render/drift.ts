import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RenderedFile } from './rendered-file.ts'

export interface Drift {
  readonly file: string
  /** The first line that differs, counted from 1; 1 where the file is missing. */
  readonly line: number
  readonly expected: string
  /** null: the file is missing, or ends before this line. */
  readonly found: string | null
}

/** Where the files of a folder are not what the configuration says; the first place in each. */
export function findDrift(folder: string, files: readonly RenderedFile[]): Drift[] {
  return files.flatMap(({ path, text }) => {
    const file = join(folder, path)
    if (!existsSync(file)) return [{ file, line: 1, expected: text.split('\n')[0] ?? '', found: null }]
    const live = readFileSync(file, 'utf8')
    if (live === text) return []
    const expected = text.split('\n')
    const found = live.split('\n')
    const at = Array.from({ length: Math.max(expected.length, found.length) }).findIndex(
      (_, line) => expected[line] !== found[line]
    )
    return [{ file, line: at + 1, expected: expected[at] ?? '', found: found[at] ?? null }]
  })
}
