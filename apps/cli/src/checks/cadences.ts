import { auditChain } from './audit-chain.ts'
import { backups } from './backups.ts'
import { backupsArrive } from './backups-arrive.ts'
import { certificate } from './certificate.ts'
import type { Check } from './check.ts'
import { connections, databaseVersion, schema } from './database.ts'
import { indexes, room, slowQueries } from './database-use.ts'
import { diskSpace } from './disk-space.ts'
import { diskUse } from './disk-use.ts'
import { drills } from './drills.ts'
import { errors } from './errors.ts'
import { logs } from './logs.ts'
import { mailServer } from './mail-server.ts'
import { broker, objectStorage, redis } from './neighbours.ts'
import { runningState } from './running-state.ts'
import { secretFiles } from './secret-files.ts'
import { namedSecretFiles, secretAges, secretValues } from './secret-values.ts'
import { settings } from './settings.ts'
import { systemUpdates } from './system-updates.ts'
import { jobs, mailOfDay } from './waiting.ts'

export type CadenceName = 'daily' | 'weekly' | 'monthly'

/** What only a person can judge, and where to look. */
export interface ByHand {
  readonly what: string
  readonly where: string
}

export interface Cadence {
  readonly checks: readonly Check[]
  readonly byHand: readonly ByHand[]
}

/** Each list is its own: what is on the daily one is not on the weekly one again. */
export const cadences: Readonly<Record<CadenceName, Cadence>> = {
  daily: {
    checks: [
      runningState,
      errors,
      databaseVersion,
      connections,
      diskSpace,
      redis,
      broker,
      objectStorage,
      mailServer,
      jobs,
      mailOfDay,
      backups,
      backupsArrive
    ],
    byHand: [
      { what: 'new kinds of errors', where: 'Sentry, or the log where status >= 500' },
      { what: 'the shape of the day: requests, times, memory', where: 'Grafana, or Schools, Status in the app' },
      { what: 'what people reported and nobody answered', where: 'the mailbox of support' }
    ]
  },
  weekly: {
    checks: [slowQueries, indexes, diskUse, logs, certificate, auditChain],
    byHand: [
      {
        what: 'that logs arrive where they are sent, and go when they should',
        where: 'docs/operators/monitoring.md, Logs'
      },
      { what: 'that everything operators did was theirs to do', where: 'lyceum audit tail -n 100' },
      { what: 'exams and releases of the next two weeks', where: 'lyceum freeze list' }
    ]
  },
  monthly: {
    checks: [drills, systemUpdates, settings, secretValues, secretAges, secretFiles, namedSecretFiles, schema, room],
    byHand: [
      {
        what: 'a newer release, and security notes in it',
        where: 'CHANGELOG.md of the newest release; lyceum upgrade-check'
      },
      {
        what: 'that the copy of the backup key in the safe opens a backup',
        where: 'BACKUP_IDENTITY_FILE=copy.txt lyceum backup verify'
      },
      {
        what: 'that the second repository alone is enough',
        where: 'lyceum restore --latest --from s3://… --into /tmp/trial --dry-run'
      },
      { what: 'who may do what above schools', where: 'lyceum person operator --help' },
      {
        what: 'that the numbers to call are right, and what incidents left to do',
        where: 'docs/operators/incidents.md'
      }
    ]
  }
}
