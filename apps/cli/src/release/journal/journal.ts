import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, readEntry } from '../run/entry.ts'

/** What was decided and done during one release, in order. Nothing in it is ever changed. */
export interface Journal {
  readonly run: string
  /** Durable when it returns, or when its promise is kept. */
  append(entry: Entry): void | Promise<void>
  entries(): Entry[] | Promise<Entry[]>
}

/** Journals of every release of this installation, oldest first. */
export interface Journals {
  list(): string[] | Promise<string[]>
  open(run: string): Journal
}

/**
 * Files with one JSON object in a line. They lie on the machine whose processes are changed, and not in the database: a
 * release must be finished or taken back while the database is away, which may be that release's doing.
 */
export function fileJournals(folder: string): Journals {
  return {
    list: () =>
      existsSync(folder)
        ? readdirSync(folder)
            .filter((file) => file.endsWith('.jsonl'))
            .map((file) => file.slice(0, -'.jsonl'.length))
            .sort()
        : [],
    open: (run) => {
      const file = join(folder, `${run}.jsonl`)
      return {
        run,
        append: (entry) => {
          mkdirSync(folder, { recursive: true })
          const isNew = !existsSync(file)
          appendDurably(file, `${JSON.stringify(entry)}\n`)
          if (isNew) syncFolder(folder)
        },
        entries: () =>
          existsSync(file)
            ? readFileSync(file, 'utf8')
                .split('\n')
                .flatMap((line) => readEntry(line) ?? [])
            : []
      }
    }
  }
}

/** One write, so that lines of two processes do not mix; a line that a killed writer left half is ended first. */
function appendDurably(file: string, line: string): void {
  const isCut = existsSync(file) && !['', '\n'].includes(readFileSync(file, 'utf8').slice(-1))
  const handle = openSync(file, 'a', 0o640)
  try {
    writeSync(handle, isCut ? `\n${line}` : line)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** The name of a new file is durable only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
