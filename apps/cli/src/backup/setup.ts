import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ADDRESS, liesWithin } from '@lyceum/platform/backup/address'
import { makeKeyPair, readBackupKey } from '@lyceum/platform/backup/key'
import { openStore } from '@lyceum/platform/backup/open-repositories'
import { initialiseRepository } from '@lyceum/platform/backup/repository'
import type { Config } from '@lyceum/platform/config'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { setInEnvFile } from './env-file.ts'

export interface Setup {
  readonly config: Config
  readonly to: string | undefined
  readonly offsite: string | undefined
  readonly identityFile: string
  readonly envFile: string
}

export interface SetUp {
  readonly repository: string
  readonly offsite: string | null
  readonly recipient: string
  /** Null where there was a key already. */
  readonly made: { readonly identity: string; readonly file: string } | null
  readonly settings: Readonly<Record<string, string>>
}

/** Makes the repositories and the key, and writes both into the settings. Run again it keeps the key and adds what is new. */
export async function setUpBackups({ config, to, offsite, identityFile, envFile }: Setup): Promise<SetUp> {
  const repository = absolute(to ?? config.BACKUP_REPOSITORY)
  if (repository === null)
    throw new CommandFailed('backup.no-place', 'Say where backups are to be kept: --to PATH', exitCodes.usage)
  const away = absolute(offsite ?? config.BACKUP_OFFSITE)
  mustBeElsewhere(config, identityFile, [repository, away])
  const made = config.BACKUP_RECIPIENT === null ? await keyPair(identityFile) : null
  const recipient = config.BACKUP_RECIPIENT ?? made?.recipient ?? null
  const key = await readBackupKey({ recipient, identity: null })
  await initialiseRepository(await openStore(repository, config, { make: true }), 'first', key)
  if (away !== null) await initialiseRepository(await openStore(away, config, { make: true }), 'offsite', key)
  // Kept before it is named anywhere: nothing may be sealed for a key that nobody has.
  if (made?.isNew)
    writeFileSync(
      identityFile,
      `# Opens the backups of ${repository}. Without it they are lost: keep a copy elsewhere.\n# public key: ${made.recipient}\n${made.identity}\n`,
      { mode: 0o600, flag: 'wx', flush: true }
    )
  const settings = {
    BACKUP_REPOSITORY: repository,
    ...(away === null ? {} : { BACKUP_OFFSITE: away }),
    BACKUP_RECIPIENT: key.recipient,
    ...(made === null ? {} : { BACKUP_IDENTITY_FILE: identityFile })
  }
  setInEnvFile(envFile, settings)
  return {
    repository,
    offsite: away,
    recipient: key.recipient,
    made: made && { identity: made.identity, file: identityFile },
    settings
  }
}

/** One that was made by a run that was broken off is used, not replaced. */
async function keyPair(file: string): Promise<{ identity: string; recipient: string; isNew: boolean }> {
  if (!existsSync(file)) return { ...(await makeKeyPair()), isNew: true }
  const text = readFileSync(file, 'utf8')
  const { recipient } = await readBackupKey({ recipient: null, identity: text })
  return { identity: /AGE-SECRET-KEY-\S+/.exec(text)?.[0] ?? '', recipient, isNew: false }
}

function mustBeElsewhere(
  { LYCEUM_HOME }: Config,
  identityFile: string,
  [repository, away]: readonly [string, string | null]
): void {
  const refuse = (code: string, message: string) => new CommandFailed(code, message, exitCodes.refused)
  for (const address of [repository, away])
    if (address !== null && liesWithin(identityFile, address))
      throw refuse(
        'backup.key-in-repository',
        `${identityFile} would lie in ${address}: whoever gets the backups would get their key. Name another file: --identity-file PATH`
      )
  if (!ADDRESS.test(repository) && liesWithin(repository, LYCEUM_HOME))
    throw refuse(
      'backup.repository-in-home',
      `${repository} lies in LYCEUM_HOME (${resolve(LYCEUM_HOME)}): what happens to one happens to the other. Choose a folder elsewhere, better on another disk.`
    )
  if (repository === away)
    throw refuse('backup.same-place', 'The second repository is the same place as the first. Choose another.')
}

const absolute = (address: string | null): string | null =>
  address === null || ADDRESS.test(address) ? address : resolve(address)
