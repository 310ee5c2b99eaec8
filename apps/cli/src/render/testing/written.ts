import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { RenderedFile } from '../rendered-file.ts'

/** Writes rendered files into a new folder, as `--into` does. @returns the folder */
export function written(files: readonly RenderedFile[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-rendered-'))
  chmodSync(folder, 0o755)
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
