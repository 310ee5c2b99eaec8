import { startArchiver } from '@lyceum/platform/backup/archiver'
import { archiveFolder, archiveSettings } from '@lyceum/platform/backup/open'
import { mustBeWhole } from '@lyceum/platform/backup/restore-target'
import { type BackupTask, runApart } from '@lyceum/platform/backup/run-apart'
import type { Config } from '@lyceum/platform/config'
import { dataFolder, type EmbeddedPostgres, startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import type { EmbeddedPostgresLog } from '@lyceum/platform/embedded-postgres-log'
import type { Log } from '@lyceum/platform/log'
import type { Chore } from '@lyceum/platform/worker'

type BackupConfig = Parameters<typeof startArchiver>[0]['settings'] & Pick<Config, 'BACKUP_ARCHIVE_SECONDS'>

/**
 * The embedded PostgreSQL of a home, with the archive of its log where backups are set up: whoever starts it archives, so that
 * no command leaves a gap.
 */
export async function startArchivedPostgres(
  config: BackupConfig,
  home: string,
  log: EmbeddedPostgresLog
): Promise<EmbeddedPostgres> {
  mustBeWhole(home)
  if (config.BACKUP_REPOSITORY === null) return startEmbeddedPostgres({ home, log })
  const archiver = await startArchiver({ data: dataFolder(home), folder: archiveFolder(home), settings: config }, log)
  try {
    const postgres = await startEmbeddedPostgres({ home, log, settings: archiveSettings(config, home) })
    return {
      url: postgres.url,
      get pid() {
        return postgres.pid
      },
      stop: async () => {
        // What PostgreSQL writes last is archived too.
        await postgres.stop()
        await archiver.close()
      }
    }
  } catch (error) {
    await archiver.close()
    throw error
  }
}

/**
 * What happens to backups by the clock: daily a full set, every six hours one of what changed, files every five minutes, and
 * every hour a look whether all of it would help.
 */
export function backupChores({
  config,
  home,
  ownerUrl,
  variables,
  log,
  signal
}: {
  readonly config: Config
  readonly home: string
  readonly ownerUrl: string
  /** Names of variables that are set. */
  readonly variables: readonly string[]
  readonly log: Log
  /** Breaks off what runs. */
  readonly signal: AbortSignal
}): Chore[] {
  if (config.BACKUP_REPOSITORY === null || config.DATABASE_URL !== null) return []
  const run = (task: BackupTask) => async (): Promise<void> => {
    const { message, faults } = await runApart({ task, config, home, ownerUrl, variables }, signal)
    for (const fault of faults) log.error({ task }, `backup: ${fault}`)
    if (faults.length === 0) log.info({ task }, `backup: ${message}`)
  }
  const hour = config.BACKUP_FULL_HOUR
  const between = [6, 12, 18].map((after) => (hour + after) % 24).sort((one, other) => one - other)
  return [
    { name: 'platform.backup-full', cron: `0 ${hour} * * *`, lateMs: 24 * 60 * 60_000, run: run('full') },
    { name: 'platform.backup-incr', cron: `0 ${between.join(',')} * * *`, lateMs: 6 * 60 * 60_000, run: run('incr') },
    { name: 'platform.backup-push', cron: '*/5 * * * *', lateMs: 0, run: unlessBusy(run('push')) },
    { name: 'platform.backup-check', cron: '37 * * * *', lateMs: 0, run: run('check') }
  ]
}

/** A set that is being made stores the files too. */
const unlessBusy = (run: () => Promise<void>) => () =>
  run().catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'backup.locked')) throw error
  })
