import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { lchown, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { giveBackSettings } from '@lyceum/platform/backup/pgbackrest-settings'
import type { RestorePlan } from '@lyceum/platform/backup/plan-restore'
import { restorePasswordHash } from '@lyceum/platform/superuser-password'
import { CommandFailed, exitCodes } from '../outcome.ts'

export interface HandOver {
  readonly home: string
  readonly data: string | null
  /** What PostgreSQL kept of the superuser's. */
  readonly password: string | null
  readonly programs: RestorePlan['recover']['programs']
}

/** @throws CommandFailed where a restore would overwrite anything, or PostgreSQL runs there */
export function mustBeFree(data: string): void {
  if (!existsSync(data) || readdirSync(data).length === 0) return
  throw new CommandFailed(
    'backup.target-not-empty',
    `${data} is not empty. Nothing is overwritten: stop PostgreSQL, and move it away (mv ${data} ${data}.before).`,
    exitCodes.refused
  )
}

/**
 * Gives a restored database to whoever runs it: with the settings and the password it had, and in its place.
 * @param order.data its data directory; null where it stays in the home that it was restored into
 */
export async function handOver({ home, data, password, programs }: HandOver): Promise<void> {
  const restored = join(home, 'postgres')
  await restorePasswordHash(home, programs, password)
  await giveBackSettings(restored)
  if (data === null) return
  const before = existsSync(data) ? statSync(data) : statSync(dirname(data))
  if (process.getuid?.() === 0 && before.uid !== 0) await giveTo(restored, before.uid, before.gid)
  if (existsSync(data)) await rmdir(data)
  await rename(restored, data)
  await rm(home, { recursive: true, force: true })
}

async function giveTo(path: string, uid: number, gid: number): Promise<void> {
  await lchown(path, uid, gid)
  if (!lstatSync(path).isDirectory()) return
  for (const name of await readdir(path)) await giveTo(join(path, name), uid, gid)
}
