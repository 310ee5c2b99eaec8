import { statfs } from 'node:fs/promises'
import type { Clock } from '@lyceum/platform/clock'
import type { Impact } from '@lyceum/platform/probe'
import {
  type Backup,
  type ErrorBudget,
  type Facts,
  type Known,
  known,
  type Override,
  type ReadFreezes,
  unknown
} from '../gate/gate.ts'
import { longestMs, type Plan } from '../run/plan.ts'
import type { Keeping, Shelf } from '../target.ts'
import { readCertificate } from './front-door.ts'
import { readLedger, readLint, readSettingFaults, readTests } from './release-folder.ts'

/** A release, its build and its logs. */
const NEEDED_BYTES = 2 * 1024 ** 3

export interface Sources {
  readonly root: string
  readonly releases: Pick<Shelf, 'ask' | 'describe'>
  readonly keeping: Keeping
  readonly clock: Clock
  readonly publicUrl: string | null
  readonly readFreezes: ReadFreezes
  readonly readImpact: () => Promise<readonly Impact[]>
  /** Null where too little was counted to know. */
  readonly readErrorBudget: () => Promise<ErrorBudget | null>
  /** Null where Lyceum makes no backups. */
  readonly readBackup: () => Promise<Backup | null>
  readonly override: Override | null
  readonly backupWaiver: string | null
}

/** Finds out everything the gates look at. What cannot be found out is known as such, and closes its gate. */
export async function collectFacts(
  {
    root,
    releases,
    keeping,
    clock,
    publicUrl,
    readFreezes,
    readImpact,
    readErrorBudget,
    readBackup,
    override,
    backupWaiver
  }: Sources,
  plan: Plan
): Promise<Facts> {
  const now = clock.now()
  const worstEnd = new Date(now.getTime() + longestMs(plan))
  const { name } = plan.release
  const holding = await keeping.lock.status()
  const [freezes, ledger, lint, disk, certificate, settingFaults, tests, impact, errorBudget, backup] =
    await Promise.all([
      attempt(() => readFreezes(now, worstEnd)),
      readLedger(releases, name),
      readLint(releases, name),
      attempt(async () => {
        const { bavail, bsize } = await statfs(root)
        return { freeBytes: bavail * bsize, neededBytes: NEEDED_BYTES }
      }),
      readCertificate(publicUrl),
      readSettingFaults(releases, name),
      readTests(releases, name),
      attempt(readImpact),
      attempt(readErrorBudget),
      attempt(readBackup)
    ])
  return {
    now,
    plan,
    worstEnd,
    lockedBy:
      holding === null || (holding.pid === process.pid && !holding.manual)
        ? null
        : `${holding.holder} has it (${holding.reason})`,
    freezes,
    ledger,
    lint,
    disk,
    certificate,
    settingFaults,
    tests,
    backup,
    errorBudget,
    impact,
    override,
    backupWaiver
  }
}

async function attempt<Fact>(find: () => Promise<Fact>): Promise<Known<Fact>> {
  try {
    return known(await find())
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error))
  }
}
