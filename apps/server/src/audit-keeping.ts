import { join, resolve } from 'node:path'
import { addCheckpoint, type Checkpoint, readCheckpoints, signCheckpoint } from '@lyceum/platform/audit-checkpoint'
import { headOfAudit } from '@lyceum/platform/audit-log'
import { takeOverPending } from '@lyceum/platform/audit-pending'
import { makeSigningKey, readSigningKey, type SigningPair } from '@lyceum/platform/audit-signing'
import type { Config } from '@lyceum/platform/config'
import type { Log } from '@lyceum/platform/log'
import pg from 'pg'
import { installationSecret } from './secrets.ts'

type Keeping = Pick<Config, 'AUDIT_SIGNING_KEY' | 'AUDIT_CHECKPOINTS' | 'LYCEUM_HOME'>

/** What the installation signs its audit log with; made on first use where the settings have none. */
export const auditKey = (config: Keeping): SigningPair =>
  readSigningKey(
    config.AUDIT_SIGNING_KEY ?? installationSecret(resolve(config.LYCEUM_HOME), 'AUDIT_SIGNING_KEY', makeSigningKey)
  )

export const checkpointFile = (config: Keeping): string =>
  resolve(config.AUDIT_CHECKPOINTS ?? join(config.LYCEUM_HOME, 'audit-checkpoints.jsonl'))

/** Signs how far the audit log has come, and keeps that outside of the database. @returns undefined where nothing is new */
export async function keepCheckpoint(
  connection: pg.Client,
  config: Keeping,
  now: Date
): Promise<Checkpoint | undefined> {
  const head = await headOfAudit(connection)
  if (!head) return undefined
  const pair = auditKey(config)
  const file = checkpointFile(config)
  if (readCheckpoints(file, [pair.publicKey]).good.at(-1)?.hash === head.hash) return undefined
  const checkpoint = signCheckpoint(head, now, pair)
  addCheckpoint(file, checkpoint)
  return checkpoint
}

/**
 * At a start: takes over what was noted on this machine while the database was away, and says in the log how far the audit
 * log has come, so that wherever logs are sent knows it too.
 */
export async function settleAudit(ownerUrl: string, config: Config, log: Log, now: Date): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum audit' })
  try {
    await client.connect()
    const added = await takeOverPending(client, resolve(config.LYCEUM_HOME))
    if (added > 0) log.warn({ added }, 'took over what was noted while the audit log could not be written')
    const checkpoint = await keepCheckpoint(client, config, now)
    if (checkpoint) log.info({ checkpoint }, 'checkpoint of the audit log')
  } catch (error) {
    log.warn({ err: error }, 'the audit log could not be looked after; see lyceum audit verify')
  } finally {
    await client.end().catch(() => undefined)
  }
}
