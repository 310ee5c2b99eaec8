import { setTimeout as sleep } from 'node:timers/promises'
import { readBackupKey } from '../backup-key.ts'
import { openRepositories } from '../repository/open-repositories.ts'
import type { Repository } from '../repository/repository.ts'
import { listLog } from '../wal/archived-log.ts'
import type { Installation } from './installation.ts'

const TRIES = 400

/** The repositories of an installation, the first one first. */
export async function repositoriesOf({
  config,
  identity
}: Pick<Installation, 'config' | 'identity'>): Promise<[Repository, ...Repository[]]> {
  const [first, ...others] = await openRepositories(config, await readBackupKey({ recipient: null, identity }))
  if (first === undefined) throw new Error('no repository')
  return [first, ...others]
}

/** Ends the segment that is written and waits until it is in the repository. @returns its name */
export async function archiveNow(installation: Installation): Promise<string> {
  const [repository] = await repositoriesOf(installation)
  const file = await endSegment(installation)
  for (let tries = 0; tries < TRIES; tries++) {
    if ((await listLog(repository)).some((found) => found.file === file)) return file
    await sleep(50)
  }
  throw new Error(`${file} was not archived`)
}

/** @returns the name of the segment, which waits to be archived from now on */
export async function endSegment({ ask }: Pick<Installation, 'ask'>): Promise<string> {
  const [row] = await ask<{ file: string }>('select pg_walfile_name(pg_switch_wal()) as file')
  return row?.file ?? ''
}
