import { type PartRules, stays } from '../src/backup/part/part-rule.ts'

const ofTheInstallation = stays('of the whole installation, and of no school')
const ofTheQueue = stays(
  'work that is waiting now waits on; what was waiting then was done, or is done again by who wants it'
)

/** What becomes of every table of the platform, of the job queue and of the ledger when a part of the installation comes back. */
export const parts: PartRules = {
  'platform.outbox': stays('what was told stays told'),
  'platform.inbox': stays('what was heard stays heard'),
  'platform.idempotency': stays('answers to requests that were made since'),
  'platform.pin': stays('browsers of now'),
  'platform.audit': stays('added to and never changed'),
  'platform.maintenance': ofTheInstallation,
  'platform.request_count': ofTheInstallation,
  'platform.status_history': ofTheInstallation,
  'platform.backup_proof': ofTheInstallation,
  'platform.heartbeat': ofTheInstallation,
  'platform.table_size': ofTheInstallation,
  'public.lyceum_migration': stays('the schema is the one of now'),
  'public.lyceum_copy': stays('marks a copy, and is in no original'),
  'graphile_worker._private_jobs': ofTheQueue,
  'graphile_worker._private_job_queues': ofTheQueue,
  'graphile_worker._private_tasks': ofTheQueue,
  'graphile_worker._private_known_crontabs': ofTheQueue,
  'graphile_worker.migrations': ofTheQueue
}
