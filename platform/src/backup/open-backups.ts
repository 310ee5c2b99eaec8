import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { BackupError } from './backup-error.ts'
import { type BackupKey, readBackupKey } from './backup-key.ts'
import { openStore } from './repository/open-repositories.ts'
import { openRepository, type Repository } from './repository/repository.ts'
import { keepCommand } from './wal/log-door.ts'

/** The repositories of an installation that makes backups. */
export interface Backups {
  readonly key: BackupKey
  readonly first: Repository
  /** Undefined where there is none; a text where it cannot be used now, and why. */
  readonly offsite: Repository | string | undefined
}

/** @throws BackupError `backup.off`, and what is wrong with the first repository */
export async function openBackups(config: Config): Promise<Backups> {
  if (config.BACKUP_REPOSITORY === null)
    throw new BackupError(
      'backup.off',
      'There are no backups yet. One command sets them up: lyceum backup setup --to PATH',
      'refused'
    )
  const key = await readBackupKey({ recipient: config.BACKUP_RECIPIENT, identity: config.BACKUP_IDENTITY })
  const first = await openRepository(await openStore(config.BACKUP_REPOSITORY, config), 'first', key)
  return { key, first, offsite: await openOffsite(config, key) }
}

async function openOffsite(config: Config, key: BackupKey): Promise<Repository | string | undefined> {
  if (config.BACKUP_OFFSITE === null) return undefined
  try {
    return await openRepository(await openStore(config.BACKUP_OFFSITE, config), 'offsite', key)
  } catch (error) {
    if (error instanceof BackupError && error.code !== 'backup.wrong-key') return error.message
    throw error
  }
}

/** Where PostgreSQL's archive_command finds the process that answers it. */
export const archiveFolder = (home: string): string => join(home, 'backup')

/** Settings of the embedded PostgreSQL while backups are set up; none otherwise. */
export const archiveSettings = (
  config: Pick<Config, 'BACKUP_REPOSITORY' | 'BACKUP_ARCHIVE_SECONDS'>,
  home: string
): Record<string, string> =>
  config.BACKUP_REPOSITORY === null
    ? {}
    : {
        archive_mode: 'on',
        archive_timeout: String(config.BACKUP_ARCHIVE_SECONDS),
        archive_command: keepCommand(archiveFolder(home))
      }
