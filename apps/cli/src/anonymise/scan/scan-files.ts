import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Storage } from '@lyceum/platform/storage'
import type { Findings } from './finding.ts'
import type { NeedleKind, Needles } from './needles.ts'
import { textsOfFile } from './texts-of-file.ts'

/** A film is no text: read in pieces, as it is. */
const LARGE = 64 * 1024 ** 2
const PIECE = 8 * 1024 ** 2
const OVERLAP = 1024

/** A word of the language is no sign of anybody in a file that nobody chose to write. */
const IN_STAND_INS: readonly NeedleKind[] = ['word']
/** Whoever keeps a course's own files keeps what they say, and only people matter in them. */
const IN_KEPT: readonly NeedleKind[] = ['word', 'text']

/** Looks through every stored object. @returns how many */
export async function scanStorage(
  storage: Storage,
  keptKeys: ReadonlySet<string>,
  needles: Needles,
  findings: Findings
): Promise<number> {
  let count = 0
  for await (const { key, size } of storage.list()) {
    count++
    const but = keptKeys.has(key) ? IN_KEPT : IN_STAND_INS
    if (size > LARGE)
      for (let start = 0; start < size; start += PIECE) {
        const piece = await buffer(await storage.read(key, { start, end: Math.min(size, start + PIECE + OVERLAP) - 1 }))
        findings.add(`file ${key}`, null, needles.find(piece.toString('utf8'), but))
      }
    else await scanBytes(await buffer(await storage.read(key)), `file ${key}`, but, needles, findings)
  }
  return count
}

/** Looks through what lies in the home beside stored objects and the database. @returns how many files */
export async function scanHome(home: string, needles: Needles, findings: Findings): Promise<number> {
  let count = 0
  const entries = await readdir(home, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    const inside = relative(home, path)
    if (!entry.isFile() || /^(?:postgres|files|secrets)[\\/]/.test(inside)) continue
    count++
    await scanBytes(await readFile(path), `home ${inside}`, IN_STAND_INS, needles, findings)
  }
  return count
}

async function scanBytes(
  bytes: Buffer,
  place: string,
  but: readonly NeedleKind[],
  needles: Needles,
  findings: Findings
): Promise<void> {
  for (const { name, texts } of await textsOfFile(bytes))
    for (const text of texts) findings.add(name === '' ? place : `${place}, ${name}`, null, needles.find(text, but))
}
