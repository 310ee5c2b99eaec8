import type { ArchivePolicy } from '../src/archive/archive-policy.ts'

/** The audit log never leaves the database: its rows are sealed one behind the other. */
export const archives: readonly ArchivePolicy[] = [
  {
    name: 'events',
    table: 'platform.outbox',
    age: 'relayed_at',
    where: 'relayed_at is not null',
    afterDays: 5
  },
  {
    name: 'dead-jobs',
    table: 'graphile_worker._private_jobs',
    age: 'run_at',
    where: 'attempts >= max_attempts and locked_at is null',
    afterDays: 90
  }
]
