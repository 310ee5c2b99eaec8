import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Unit } from './supervisor.ts'

export const unitFolder = (root: string, name: string): string => join(root, 'instances', name)

/** `<root>/instances/<name>`: a link `release` to the folder to run, and `instance.env` with what only this unit gets. */
export function writeUnit(root: string, { name, folder, environment }: Unit): void {
  const place = unitFolder(root, name)
  mkdirSync(place, { recursive: true })
  const lines = Object.entries(environment).map(([key, value]) => `${key}=${value}\n`)
  writeFileSync(join(place, 'instance.env'), lines.join(''))
  const next = join(place, 'release.next')
  rmSync(next, { force: true })
  symlinkSync(folder, next)
  renameSync(next, join(place, 'release'))
}
