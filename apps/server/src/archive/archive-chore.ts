import type { Clock } from '@lyceum/platform/clock'
import type { Config } from '@lyceum/platform/config'
import type { Log } from '@lyceum/platform/log'
import type { Chore } from '@lyceum/platform/worker'
import pg from 'pg'
import { archiveSettings } from './archive-settings.ts'
import { ArchiveBusy, runArchive } from './run-archive.ts'

/** Old rows leave the database every night, before the product forgets what is older still. @throws ArchiveDaysUnknown */
export function archiveChores({
  config,
  ownerUrl,
  log,
  clock
}: {
  readonly config: Config
  readonly ownerUrl: string
  readonly log: Log
  readonly clock: Clock
}): Chore[] {
  if (!config.ARCHIVE_NIGHTLY) return []
  const settings = archiveSettings(config)
  const run = async (): Promise<void> => {
    const connection = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum archive' })
    connection.on('error', () => undefined)
    await connection.connect()
    try {
      const { moved, removed } = await runArchive({ ...settings, connection, now: clock.now() })
      const rows = moved.reduce((sum, one) => sum + one.rows, 0)
      log.info({ moved, removed }, `archive: ${rows} rows moved to ${settings.folder}`)
    } catch (error) {
      if (!(error instanceof ArchiveBusy)) throw error
      log.warn({}, `archive: ${error.message}`)
    } finally {
      await connection.end()
    }
  }
  return [{ name: 'platform.archive', cron: '0 1 * * *', lateMs: 12 * 60 * 60_000, run }]
}
