import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync
} from 'node:fs'
import type { HomeLayout } from './home-layout.ts'

const ROTATE_AT_BYTES = 10 * 1024 * 1024
const KEPT_FILES = 3
const TAIL_BYTES = 4096
const TAIL_LINES = 12

/** Opens the server's log for appending; `from` is where the lines of the server about to start begin. */
export function openServerLog(layout: HomeLayout): { descriptor: number; from: number; close(): void } {
  rotateServerLog(layout)
  const descriptor = openSync(layout.logFile, 'a', 0o640)
  return { descriptor, from: fstatSync(descriptor).size, close: () => closeSync(descriptor) }
}

/** Sets a log that has grown large aside; a running server goes on writing into the same, emptied file. */
export function rotateServerLog(layout: HomeLayout): void {
  const file = layout.logFile
  if (!existsSync(file) || statSync(file).size < ROTATE_AT_BYTES) return
  for (let age = KEPT_FILES - 1; age >= 1; age--) {
    if (existsSync(`${file}.${age}`)) renameSync(`${file}.${age}`, `${file}.${age + 1}`)
  }
  // Copied and emptied, not renamed: the server holds the file open and would follow a rename.
  copyFileSync(file, `${file}.1`)
  truncateSync(file, 0)
}

/** The last lines of the log after a position in bytes, for an error message. */
export function lastLogLines(layout: HomeLayout, from = 0): string {
  if (!existsSync(layout.logFile)) return ''
  const descriptor = openSync(layout.logFile, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const start = Math.max(from > size ? 0 : from, size - TAIL_BYTES)
    const buffer = Buffer.alloc(Math.max(size - start, 0))
    const length = readSync(descriptor, buffer, 0, buffer.length, start)
    return buffer.toString('utf8', 0, length).trim().split('\n').slice(-TAIL_LINES).join('\n')
  } finally {
    closeSync(descriptor)
  }
}
