import { openBackups } from '@lyceum/platform/backup/open'
import { makesBackups } from '@lyceum/platform/backup/proof'
import { type BackupState, readFromDatabase, readNewestSet } from '@lyceum/platform/backup/state'
import type { Config } from '@lyceum/platform/config'
import type { Database } from '@lyceum/platform/database'
import { askedSeldom } from '@lyceum/platform/in-time'
import { inInstallation } from '@lyceum/platform/installation-db'
import { CompiledQuery } from 'kysely'

/** Sets come every six hours, and a repository may be far away. */
const REPOSITORY_MS = 5 * 60_000
/** Whoever has just made the first set, or mended the way to the repository, looks whether it is seen. */
const MISSING_MS = 10_000

/** What is known of the backups of this installation; undefined where Lyceum makes none. */
export function watchBackups(config: Config, database: Database): (() => Promise<BackupState | undefined>) | undefined {
  if (!makesBackups(config)) return undefined
  const newestSet = askedSeldom(async () => readNewestSet((await openBackups(config)).first), REPOSITORY_MS, MISSING_MS)
  return askedSeldom(async () => {
    // Not while a connection is held.
    const lastSetAt = await newestSet()
    const known = await inInstallation(database, (tx) =>
      readFromDatabase(async <Row extends object>(text: string, values: unknown[] = []) => {
        const { rows } = await tx.executeQuery<Row>(CompiledQuery.raw(text, values))
        return rows
      })
    )
    return { ...known, lastSetAt }
  })
}
