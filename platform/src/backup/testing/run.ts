import { tryCopy } from '../../../../apps/server/src/backup/try-copy.ts'
import { allMigrations } from '../../../../apps/server/src/migrations.ts'
import { readConfig } from '../../config/config.ts'
import { createBackup } from '../create-backup.ts'
import { verifyInstallation } from '../verify/verify-installation.ts'
import type { Job } from './break-off.ts'
import { restore } from './installation.ts'

/** A backup, a restore or a trial in a process of its own, for tests that kill it. */
const job = JSON.parse(process.argv[2] ?? '') as Job
const config = readConfig({
  ...job.environment,
  ...(job.task === 'verify' ? { BACKUP_IDENTITY: job.identity } : {})
})
const place = { config, home: config.LYCEUM_HOME, ownerUrl: job.ownerUrl, tell: () => undefined }
if (job.task === 'restore') await restore({ config, identity: job.identity }, { kind: 'latest' }, { into: job.into })
else if (job.task === 'verify') await verifyInstallation({ ...place, migrations: allMigrations(), tryOut: tryCopy })
else await createBackup({ ...place, secrets: [] }, { type: job.task })
