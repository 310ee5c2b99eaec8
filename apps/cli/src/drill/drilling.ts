import type { RestorePlan } from '@lyceum/platform/backup/plan-restore'
import type { Blanks, DrillKind, Step } from './drill.ts'
import type { Machine } from './machine.ts'

export interface DrillOrder {
  readonly kind: DrillKind
  /** Of the newest set, or of the one that was named; null to make a school for the drill. */
  readonly plan: RestorePlan | null
  /** Folder of its own, which nothing outlives. */
  readonly scratch: string
  /** Settings of the installation that a drill needs to be true to it; no secrets. */
  readonly settings: { readonly RELEASE: string; readonly BACKUP_ARCHIVE_SECONDS: number; readonly MAIL_FROM: string }
  readonly now: () => Date
  readonly tell: (line: string) => void
  /** Those of the runbook where none are given. */
  readonly steps?: readonly Step[]
}

/** A drill under way. */
export interface Drilling extends DrillOrder {
  readonly machine: Machine
  readonly folder: string
  readonly blanks: Blanks
}
