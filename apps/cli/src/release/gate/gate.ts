import type { Impact } from '@lyceum/platform/probe'
import type { Plan } from '../run/plan.ts'

/** A fact, or why it could not be found out; what is not known closes a gate. */
export type Known<Fact> =
  | { readonly known: true; readonly value: Fact }
  | { readonly known: false; readonly why: string }

export const known = <Fact>(value: Fact): Known<Fact> => ({ known: true, value })
export const unknown = (why: string): Known<never> => ({ known: false, why })

/** A time in which nothing is released: exams, enrolment weeks. */
export interface Freeze {
  readonly name: string
  readonly start: Date
  readonly end: Date
}

export interface Freezes {
  readonly freezes: readonly Freeze[]
  /** When the calendar they come from was last read. */
  readonly readAt: Date
}

/** Given by whoever reads the academic calendar. */
export type ReadFreezes = (from: Date, to: Date) => Promise<Freezes>

export interface LedgerRow {
  /** `<module>/<name>` */
  readonly name: string
  readonly phase: string
}

/** What has run and what the release brings. */
export interface Ledger {
  readonly applied: readonly LedgerRow[]
  readonly pending: readonly LedgerRow[]
  /** What ran here and this release cannot run on, with why. */
  readonly foreign: readonly string[]
}

/** Burnt share of what 99.9 % of availability allows, as a multiple of what may be burnt in that time. */
export interface ErrorBudget {
  readonly lastHour: number
  readonly lastSixHours: number
  /** Of the month's budget, 0–1. */
  readonly left: number
}

/** How far one may rely on the backups there are. */
export interface Backup {
  /** When a set was last restored for trial and came back as it was; null where that never happened. */
  readonly provenAt: Date | null
  /** The last trial, where it did not end so. */
  readonly failed: { readonly at: Date; readonly why: string } | null
}

/** Why somebody goes on in spite of a closed gate; see `readOverride`. */
export interface Override {
  readonly by: string
  readonly approvedBy: string
  readonly reason: string
  readonly ticket: string
  readonly expiresAt: Date
}

/** Everything the gates look at. */
export interface Facts {
  readonly now: Date
  readonly plan: Plan
  /** When the release has ended at the latest. */
  readonly worstEnd: Date
  readonly lockedBy: string | null
  readonly freezes: Known<Freezes>
  readonly ledger: Known<Ledger>
  readonly lint: Known<readonly string[]>
  readonly disk: Known<{ readonly freeBytes: number; readonly neededBytes: number }>
  /** End of the certificate's validity; null without TLS here. */
  readonly certificate: Known<Date | null>
  readonly settingFaults: Known<readonly string[]>
  /** What the release says of its own tests. */
  readonly tests: Known<{ readonly passed: boolean; readonly commit: string; readonly at: string }>
  /** Null where there are no backups to ask for. */
  readonly backup: Known<Backup | null>
  /** Null where nobody measures it. */
  readonly errorBudget: Known<ErrorBudget | null>
  readonly impact: Known<readonly Impact[]>
  readonly override: Override | null
  /** Somebody goes on without a backup, and says why. */
  readonly backupWaiver: string | null
}

export interface Finding {
  readonly gate: string
  readonly state: 'open' | 'lifted' | 'warning' | 'closed'
  readonly message: string
  /** What to do; empty where nothing has to be done. */
  readonly remedy: string
}

export interface Gate {
  readonly name: string
  readonly look: (facts: Facts) => Omit<Finding, 'gate'>
}

export const open = (message: string) => ({ state: 'open', message, remedy: '' }) as const
export const lifted = (message: string) => ({ state: 'lifted', message, remedy: '' }) as const
export const warning = (message: string, remedy: string) => ({ state: 'warning', message, remedy }) as const
export const closed = (message: string, remedy: string) => ({ state: 'closed', message, remedy }) as const
