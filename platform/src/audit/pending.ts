import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync
} from 'node:fs'
import { dirname, join } from 'node:path'
import type pg from 'pg'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { newId } from '../id.ts'
import { appendAudit } from './audit-log.ts'
import type { AuditEntry } from './chain.ts'

const form = Compile(
  Type.Object({
    id: Type.String(),
    at: Type.String(),
    actor: Type.String(),
    action: Type.String(),
    subject: Type.String(),
    details: Type.Record(Type.String(), Type.Unknown())
  })
)

const LOCK = 7_263_554_110

/** Where entries wait that could not be written while the database was away. */
export const pendingFile = (home: string): string => join(home, 'audit-pending.jsonl')

/** Notes an entry on this machine; on disk when it returns. @returns the file */
export function notePending(home: string, entry: AuditEntry): string {
  const path = pendingFile(home)
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'a', 0o600)
  try {
    writeSync(file, `${JSON.stringify({ id: newId(), ...entry })}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return path
}

/**
 * Adds what was noted on this machine to the audit log, each entry once, also where this was killed in the middle before.
 * @param connection of its own, in no transaction
 * @returns how many were added
 */
export async function takeOverPending(connection: Pick<pg.ClientBase, 'query'>, home: string): Promise<number> {
  const path = pendingFile(home)
  const taking = `${path}.taking`
  if (!existsSync(taking) && !existsSync(path)) return 0
  // Processes that start together would each take it over.
  await connection.query('select pg_advisory_lock($1)', [LOCK])
  try {
    return await takeOver(connection, path, taking)
  } finally {
    await connection.query('select pg_advisory_unlock($1)', [LOCK])
  }
}

async function takeOver(connection: Pick<pg.ClientBase, 'query'>, path: string, taking: string): Promise<number> {
  let added = 0
  while (existsSync(taking) || existsSync(path)) {
    // Whoever notes something meanwhile begins a new file.
    if (!existsSync(taking)) renameSync(path, taking)
    for (const line of readFileSync(taking, 'utf8').split('\n')) {
      if (line === '') continue
      const entry = entryOf(line)
      const { rowCount } = await connection.query(`select from platform.audit where details->>'noted' = $1`, [
        entry.noted
      ])
      if (rowCount !== 0) continue
      const { noted, ...rest } = entry
      await appendAudit(connection, { ...rest, details: { ...rest.details, noted } })
      added += 1
    }
    rmSync(taking)
  }
  return added
}

/** What cannot be read is taken over as it is: that somebody wrote it is worth knowing, too. */
function entryOf(line: string): AuditEntry & { readonly noted: string } {
  try {
    const value: unknown = JSON.parse(line)
    if (form.Check(value)) {
      const { id, ...entry } = value
      return { ...entry, noted: id }
    }
  } catch {
    // Written only in part.
  }
  return {
    at: new Date(0).toISOString(),
    actor: 'unknown',
    action: 'audit.unreadable',
    subject: 'audit-pending.jsonl',
    details: { line },
    noted: line
  }
}
