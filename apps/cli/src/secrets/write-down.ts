import { notePending } from '@lyceum/platform/audit-pending'
import { record, whoAmI } from '../commands/release/place.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { tell } from '../terminal.ts'
import type { SecretPlace } from './place.ts'

export interface Writing {
  readonly by?: string
  readonly withoutAudit?: boolean
  readonly reason?: string
}

const SHORTEST_REASON = 10

/**
 * Says in the audit log who is about to do what with which secret; it is there when this returns.
 * @throws where it cannot be written: then nothing is done, unless somebody says why it has to be
 */
export async function writeDown(
  { config, home }: SecretPlace,
  action: string,
  name: string,
  details: Readonly<Record<string, unknown>>,
  { by, withoutAudit, reason }: Writing
): Promise<void> {
  const actor = whoAmI(by)
  const all = { ...details, ...(reason === undefined ? {} : { why: reason }), ...sudo() }
  if (withoutAudit) {
    if ((reason?.trim().length ?? 0) < SHORTEST_REASON)
      throw new CommandFailed(
        'secrets.reason',
        `--without-audit needs a --reason of at least ${SHORTEST_REASON} characters.`,
        exitCodes.usage
      )
    const file = notePending(home, {
      at: new Date().toISOString(),
      actor,
      action,
      subject: name,
      details: { ...all, withoutAudit: true }
    })
    tell(`Noted in ${file}; the audit log gets it at the next start, or with the next entry.`)
    return
  }
  try {
    await record(actor, action, name, all, config)
  } catch (error) {
    throw new CommandFailed(
      'secrets.not-audited',
      `The audit log cannot be written, so nothing was done: ${error instanceof Error ? error.message : String(error)}. Mend the database (lyceum doctor; lyceum migrate up where it is new), or, where that has to wait: --without-audit --reason "…"`,
      exitCodes.refused
    )
  }
}

/** Whose fingers they were, where somebody has become another user. */
const sudo = (): { readonly sudo?: string } =>
  process.env.SUDO_USER === undefined ? {} : { sudo: process.env.SUDO_USER }
