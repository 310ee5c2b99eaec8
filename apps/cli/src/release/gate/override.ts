import { CommandFailed, exitCodes } from '../../outcome.ts'
import type { Override } from './gate.ts'

const LEAST_REASON = 20
const LASTS_MS = 60 * 60_000

/**
 * An emergency: two names, a reason of twenty characters, a ticket, an hour. It lifts the freeze and a spent error budget; health,
 * backup, migration lint and pins of learners are not asked about it.
 * @throws release.override-refused naming every fault
 */
export function readOverride(given: {
  readonly by: string
  readonly approvedBy: string | undefined
  readonly reason: string | undefined
  readonly ticket: string | undefined
  readonly now: Date
}): Override {
  const { by, approvedBy = '', reason = '', ticket = '', now } = given
  const same = approvedBy.trim().toLowerCase() === by.trim().toLowerCase()
  const faults = [
    ...(approvedBy.trim() === '' || same ? ['--approved-by needs the name of a second person'] : []),
    ...(reason.trim().length < LEAST_REASON ? [`--reason needs at least ${LEAST_REASON} characters`] : []),
    ...(ticket.trim() === '' ? ['--ticket needs the number under which this is looked at afterwards'] : [])
  ]
  if (faults.length > 0) throw new CommandFailed('release.override-refused', `${faults.join('; ')}.`, exitCodes.refused)
  return {
    by,
    approvedBy: approvedBy.trim(),
    reason: reason.trim(),
    ticket: ticket.trim(),
    expiresAt: new Date(now.getTime() + LASTS_MS)
  }
}

/** Why somebody goes on without a backup. @throws release.waiver-refused */
export function readWaiver(reason: string | undefined): string {
  const said = reason?.trim() ?? ''
  if (said.length >= LEAST_REASON) return said
  throw new CommandFailed(
    'release.waiver-refused',
    `--waive-backup needs --reason with at least ${LEAST_REASON} characters.`,
    exitCodes.refused
  )
}
