import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { EmbeddedPostgresError, messageOf } from './embedded-postgres-error.ts'
import type { HomeLayout } from './home-layout.ts'
import { isAlive } from './running-processes.ts'

export interface HomeLock {
  release(): void
}

const SQLITE_BUSY = 5

/**
 * Holds the home for this process alone, until released or until the process ends in whatever way.
 *
 * @throws EmbeddedPostgresError `embedded-postgres.home-in-use` naming the process that holds it
 */
export function lockHome(layout: HomeLayout): HomeLock {
  // Node has no flock. SQLite's exclusive transaction is a lock of the operating system on every platform: it dies with
  // the process, so neither kill -9 nor a process id that is used again can leave a stale one behind.
  const database = openLockFile(layout)
  try {
    // Without a journal nothing is written, so that a full disk does not keep anyone from the lock.
    database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE')
    writeFileSync(layout.holderFile, `${process.pid}\n`)
  } catch (error) {
    database.close()
    throw isBusy(error) ? homeInUse(layout) : homeUnusable(layout, error)
  }
  return {
    release() {
      if (database.isOpen) database.close()
    }
  }
}

function openLockFile(layout: HomeLayout): DatabaseSync {
  try {
    return new DatabaseSync(layout.lockFile)
  } catch (error) {
    throw homeUnusable(layout, error)
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}

function homeInUse(layout: HomeLayout): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'embedded-postgres.home-in-use',
    `${layout.home} is in use by process ${holderOf(layout)}. Stop that process first, or start with another home.`
  )
}

// The winner writes its id a moment after it has the lock; until then the file holds nothing or an earlier holder.
function holderOf(layout: HomeLayout): string {
  const deadline = performance.now() + 500
  while (true) {
    const holder = readHolder(layout)
    if (holder !== undefined && isAlive(holder)) return String(holder)
    if (performance.now() > deadline) return holder === undefined ? 'unknown' : `unknown (last known: ${holder})`
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  }
}

function readHolder(layout: HomeLayout): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(layout.holderFile, 'utf8'), 10)
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function homeUnusable(layout: HomeLayout, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'embedded-postgres.home-unusable',
    `The directory ${layout.home} cannot be locked (${messageOf(cause)}). Free disk space if it is full, make the current user the owner of everything in it, or choose another home.`,
    { cause }
  )
}
