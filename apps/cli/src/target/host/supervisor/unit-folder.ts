import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Unit } from './supervisor.ts'

export const unitFolder = (root: string, name: string): string => join(root, 'instances', name)

const MARK = 'log-from'

/** Where in its log the unit that is about to be started begins: a place in a file, or an instant. */
export function markLog(root: string, name: string, from: string): void {
  writeFileSync(join(unitFolder(root, name), MARK), from)
}

/** Undefined where it was never started here. */
export function readLogMark(root: string, name: string): string | undefined {
  try {
    return readFileSync(join(unitFolder(root, name), MARK), 'utf8')
  } catch {
    return undefined
  }
}

/**
 * `<root>/instances/<name>`: a link `release` to the folder to run, and `instance.env` with what only this unit gets;
 * systemd takes the words of `LYCEUM_SERVE` for its command.
 */
export function writeUnit(root: string, { name, folder, serve, environment }: Unit): void {
  const place = unitFolder(root, name)
  mkdirSync(place, { recursive: true })
  const lines = Object.entries({ ...environment, LYCEUM_SERVE: serve.join(' ') }).map(
    ([key, value]) => `${key}=${value}\n`
  )
  writeFileSync(join(place, 'instance.env'), lines.join(''))
  const next = join(place, 'release.next')
  rmSync(next, { force: true })
  symlinkSync(folder, next)
  renameSync(next, join(place, 'release'))
}
