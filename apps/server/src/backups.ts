import { fileURLToPath } from 'node:url'
import { startArchiver } from '@lyceum/platform/backup/archiver'
import { archiveFolder, archiveSettings } from '@lyceum/platform/backup/open'
import { mustBeWhole } from '@lyceum/platform/backup/restore-target'
import { type BackupTask, runApart } from '@lyceum/platform/backup/run-apart'
import { scratchOf, sweepScratch } from '@lyceum/platform/backup/scratch'
import type { Config } from '@lyceum/platform/config'
import { dataFolder, type EmbeddedPostgres, startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import type { EmbeddedPostgresLog } from '@lyceum/platform/embedded-postgres-log'
import { isHomeOfCopy } from '@lyceum/platform/files-mark'
import type { Log } from '@lyceum/platform/log'
import type { SecretPlace } from '@lyceum/platform/where-secrets-are'
import type { Chore } from '@lyceum/platform/worker'

const VERIFY_PROCESS = fileURLToPath(new URL('backup/verify-process.ts', import.meta.url))

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
  if (config.BACKUP_REPOSITORY === null || isHomeOfCopy(home)) return startEmbeddedPostgres({ home, log })
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
 * every hour a look whether all of it would help. After the full set it is restored for trial, where the key is here that opens it.
 */
export function backupChores({
  config,
  home,
  ownerUrl,
  secrets,
  log,
  signal
}: {
  readonly config: Config
  readonly home: string
  readonly ownerUrl: string
  /** Where they are, as far as they were there at the start. */
  readonly secrets: readonly SecretPlace[]
  readonly log: Log
  /** Breaks off what runs. */
  readonly signal: AbortSignal
}): Chore[] {
  if (config.BACKUP_REPOSITORY === null || isHomeOfCopy(home)) return []
  const run = (task: BackupTask) => async (): Promise<void> => {
    const program = task === 'verify' ? VERIFY_PROCESS : undefined
    const { message, faults } = await runApart({ task, config, home, ownerUrl, secrets }, signal, program)
    for (const fault of faults) log.error({ task }, `backup: ${fault}`)
    if (faults.length === 0) log.info({ task }, `backup: ${message}`)
  }
  const hour = config.BACKUP_FULL_HOUR
  const between = [6, 12, 18].map((after) => (hour + after) % 24).sort((one, other) => one - other)
  const full = async (): Promise<void> => {
    await run('full')()
    if (config.BACKUP_IDENTITY === null)
      return log.warn({}, 'backup: sets are not tried out, because the key that opens them is not here')
    // What cannot be tried out now does not make another set.
    await run('verify')()
      .catch((error: unknown) => log.error({ err: error }, 'backup: the set was not tried out'))
      // Broken off, because Lyceum stops, it leaves a database that runs.
      .finally(() => sweepScratch(scratchOf(home)))
  }
  return [
    { name: 'platform.backup-full', cron: `0 ${hour} * * *`, lateMs: 24 * 60 * 60_000, run: full },
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
