import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbeddedPostgresError } from '../../embedded-postgres/embedded-postgres-error.ts'
import { layoutOf } from '../../embedded-postgres/home-layout.ts'
import { type HomeLock, lockHome } from '../../embedded-postgres/home-lock.ts'
import {
  isPostgresOn,
  killProcessesIn,
  readPostmasterFile,
  sendSignal
} from '../../embedded-postgres/running-processes.ts'
import { BackupError } from '../backup-error.ts'

/** A folder in which something is tried out; nothing in it outlives that. */
export interface Scratch {
  /** A home that is not there yet. */
  home(name: string): string
  /** Removes one, with the PostgreSQL that may still run in it. */
  remove(name: string): Promise<void>
  /** Removes everything. */
  close(): Promise<void>
}

/** What is tried out in a scratch folder. */
export interface Trial {
  /** Folders that it makes; named so that a folder of somebody else's is never emptied. */
  readonly names: readonly string[]
  /** Said to whoever comes while it is under way. */
  readonly busy: { readonly code: string; readonly what: string }
}

const VERIFICATION: Trial = {
  names: ['exact', 'latest'],
  busy: { code: 'backup.verifying', what: 'Another verification' }
}

/** A set is restored to take a part of it. */
export const PART: Trial = {
  names: ['part'],
  busy: { code: 'backup.restoring-part', what: 'Another restore of a part' }
}

/** Where an installation tries its sets out. */
export const scratchOf = (home: string): string => join(home, 'verify')
/** Where it restores what only a part of is needed. */
export const partScratchOf = (home: string): string => join(home, 'part')

/**
 * Takes the folder for this process, and removes what a trial that was killed left in it.
 * @throws BackupError `backup.verifying`, or what the trial says, while another one is at it
 */
export async function openScratch(folder: string, { names, busy }: Trial = VERIFICATION): Promise<Scratch> {
  await mkdir(folder, { recursive: true })
  const layout = layoutOf(folder)
  const lock = lockScratch(folder, busy)
  const remove = (name: string): Promise<void> => removeHome(join(layout.home, name))
  const close = async (): Promise<void> => {
    try {
      for (const name of names) await remove(name)
    } finally {
      lock.release()
    }
    for (const file of [layout.lockFile, layout.holderFile]) await rm(file, { force: true })
  }
  try {
    for (const name of names) await remove(name)
  } catch (error) {
    lock.release()
    throw error
  }
  return { home: (name) => join(layout.home, name), remove, close }
}

/** Clears away what a killed trial left behind, PostgreSQL as well; nothing where one is under way. */
export async function sweepScratch(folder: string, trial: Trial = VERIFICATION): Promise<void> {
  if (!existsSync(folder) || !readdirSync(folder).some((name) => trial.names.includes(name))) return
  try {
    await (await openScratch(folder, trial)).close()
  } catch (error) {
    if (!(error instanceof BackupError) || error.outcome !== 'busy') throw error
  }
}

function lockScratch(folder: string, { code, what }: Trial['busy']): HomeLock {
  try {
    return lockHome(layoutOf(folder))
  } catch (error) {
    if (!(error instanceof EmbeddedPostgresError) || error.code !== 'embedded-postgres.home-in-use') throw error
    throw new BackupError(code, `${what} is under way in ${folder}. Try again when it is done.`, 'busy', {
      cause: error
    })
  }
}

async function removeHome(home: string): Promise<void> {
  if (!existsSync(home)) return
  const { data } = layoutOf(home)
  const left = readPostmasterFile(data)
  if (left !== undefined && isPostgresOn(data, left.pid)) sendSignal(left.pid, 'SIGKILL')
  await killProcessesIn(layoutOf(home).home)
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
}
