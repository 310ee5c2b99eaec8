import { Gauge, type Registry } from 'prom-client'
import type { BackupState } from '../backup/state/backup-state.ts'
import type { Clock } from '../clock.ts'

/**
 * What cannot be measured now is left out; what never happened counts from 1970, so that it is noticed.
 * @param ask undefined where Lyceum makes no backups
 */
export function watchBackups(
  registry: Registry,
  clock: Clock,
  ask: (() => Promise<BackupState | undefined>) | undefined
): void {
  const age = (at: Date | null | undefined): number | null =>
    at === undefined ? null : (clock.now().getTime() - (at?.getTime() ?? 0)) / 1000
  const gauge = (name: string, help: string, read: (state: BackupState) => number | null) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const state = await ask?.()
        const value = state ? read(state) : null
        if (value === null) this.remove()
        else this.set(value)
      }
    })
  gauge('lyceum_backup_set_age_seconds', 'How long ago the newest backup was finished', ({ lastSetAt }) =>
    age(lastSetAt)
  )
  gauge('lyceum_backup_proof_age_seconds', 'How long ago a backup was last proven by restoring it', ({ proven }) =>
    age(proven && new Date(proven.finishedAt))
  )
  gauge('lyceum_backup_rpo_seconds', 'What a loss would have cost when that was done', ({ proven }) =>
    proven ? proven.rpoSeconds : null
  )
  gauge('lyceum_backup_rto_seconds', 'How long coming back would have taken then', ({ proven }) =>
    proven ? proven.rtoSeconds : null
  )
  gauge(
    'lyceum_backup_archive_lag_seconds',
    'How long ago PostgreSQL last had its log archived',
    ({ archiveLagSeconds }) => archiveLagSeconds
  )
}
