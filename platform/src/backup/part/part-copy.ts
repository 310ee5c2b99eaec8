import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts'
import { migrateUp } from '../../migrations/migrate.ts'
import type { Migration } from '../../migrations/migration.ts'
import { createDiskStorage } from '../../storage/disk-storage.ts'
import type { RestorePlan } from '../restore/plan-restore.ts'
import { restoreSet } from '../restore/restore-set.ts'
import { NO_ARCHIVE } from '../verify/no-archive.ts'
import { openScratch, PART } from '../verify/scratch.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Restores the database of a set into a folder of its own for as long as `work` takes, brought up to the schema of the installation. Nothing of
 * what serves is touched, and nothing is left behind.
 * @param migrations that the installation has run
 * @throws BackupError
 */
export async function withPartCopy<Answer>(
  {
    plan,
    migrations,
    scratch: folder,
    tell
  }: {
    readonly plan: RestorePlan
    readonly migrations: readonly Migration[]
    readonly scratch: string
    readonly tell: (line: string) => void
  },
  work: (copyUrl: string) => Promise<Answer>
): Promise<Answer> {
  const scratch = await openScratch(folder, PART)
  try {
    const home = scratch.home('part')
    await restoreSet({
      plan,
      home,
      archive: NO_ARCHIVE,
      openStorage: async () => createDiskStorage({ folder: join(home, 'files') }),
      // They go where they belong, and only those that are missing there.
      wanted: () => false,
      tell,
      afterwards: async () => undefined
    })
    const postgres = await startEmbeddedPostgres({
      home,
      log: quiet,
      settings: NO_ARCHIVE,
      programs: plan.recover.programs
    })
    try {
      const named = new URL(postgres.url)
      named.pathname = `/${plan.recover.database}`
      await migrateUp({ ownerUrl: named.href, migrations, log: () => undefined })
      return await work(named.href)
    } finally {
      await postgres.stop()
    }
  } finally {
    await scratch.close()
  }
}
