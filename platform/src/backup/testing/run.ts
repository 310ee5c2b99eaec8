import { readConfig } from '../../config/config.ts'
import { createBackup } from '../create-backup.ts'
import type { Job } from './break-off.ts'
import { restore } from './installation.ts'

/** A backup or a restore in a process of its own, for tests that kill it. */
const job = JSON.parse(process.argv[2] ?? '') as Job
const config = readConfig(job.environment)
if (job.task === 'restore') await restore({ config, identity: job.identity }, { kind: 'latest' }, { into: job.into })
else
  await createBackup(
    { config, home: config.LYCEUM_HOME, ownerUrl: job.ownerUrl, variables: [], tell: () => undefined },
    { type: job.task }
  )
