import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDiskStore } from '../../storage/disk-store.ts'
import { makeKeyPair, readBackupKey } from '../backup-key.ts'
import { initialiseRepository, type Repository } from '../repository/repository.ts'

/** An empty repository in a folder of its own. */
export async function openDiskRepository(): Promise<{
  readonly folder: string
  readonly repository: Repository
  close(): Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'lyceum-repository-'))
  const { recipient } = await makeKeyPair()
  const key = await readBackupKey({ recipient, identity: null })
  const repository = await initialiseRepository(createDiskStore({ folder }), 'first', key)
  return { folder, repository, close: () => rm(folder, { recursive: true, force: true }) }
}
