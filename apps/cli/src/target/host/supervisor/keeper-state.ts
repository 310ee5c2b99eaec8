import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessIdentity } from './process-identity.ts'

/** What a keeper writes down, so that the tool and the next keeper find the process again. */
export interface KeeperState {
  readonly keeper: ProcessIdentity
  readonly child: ProcessIdentity | null
  readonly restarts: number
}

const pathOf = (folder: string): string => join(folder, 'keeper.json')

export function writeKeeperState(folder: string, state: KeeperState): void {
  const next = `${pathOf(folder)}.next`
  writeFileSync(next, JSON.stringify(state))
  renameSync(next, pathOf(folder))
}

export function readKeeperState(folder: string): KeeperState | undefined {
  try {
    // Written above and by nobody else.
    return JSON.parse(readFileSync(pathOf(folder), 'utf8')) as KeeperState
  } catch {
    return undefined
  }
}
