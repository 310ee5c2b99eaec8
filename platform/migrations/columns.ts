import type { Columns } from '../src/anonymise/column-policy.ts'
import { count, derived, id, instant, json, kept, keptCode, text, word } from '../src/anonymise/column-policy.ts'
import { sealAnew } from '../src/audit/seal-anew.ts'

const ledger = keptCode('name, phase and digest of a migration')

/** What every column of the platform, of the job queue and of the ledger is, for copies that nobody may be found in. */
export const columns: Columns = {
  'platform.outbox': {
    columns: {
      tenant_id: id,
      id,
      name: word,
      // By the names that payloads of events have in common; see the events of each contract.
      payload: json({
        userId: id,
        name: { kind: 'replaced', by: 'name' },
        email: { kind: 'replaced', by: 'email' },
        to: { kind: 'replaced', by: 'email' },
        role: word,
        status: word,
        locale: word,
        template: word,
        courseId: id,
        itemId: id,
        enrolmentId: id,
        fileId: id,
        importId: id,
        mediaType: word,
        'values.role': word,
        'values.expiresAt': instant
      }),
      occurred_at: instant,
      relayed_at: instant
    }
  },
  'platform.inbox': { columns: { tenant_id: id, event_id: id, subscriber: word, handled_at: instant } },
  'platform.idempotency': { emptied: 'answers to people, kept for two days so that a request sent twice acts once' },
  'platform.pin': { emptied: 'which release the browsers of people are kept on' },
  'platform.audit': {
    columns: {
      seq: count,
      at: instant,
      actor: text,
      action: word,
      subject: text,
      details: json({}),
      previous: derived('sealed anew'),
      hash: derived('sealed anew')
    },
    finish: sealAnew
  },
  'platform.maintenance': { emptied: 'the original was closed, or was to be; the copy is not' },
  'platform.request_count': {
    columns: { slot: instant, release: keptCode('name of a release'), requests: count, errors: count }
  },
  'platform.status_history': {
    columns: {
      slot: instant,
      part: kept('name of a part of the installation'),
      looks: count,
      degraded: count,
      away: count
    }
  },
  'platform.backup_proof': {
    emptied: 'what came of trying out backups of the original; `why` may name people’s files'
  },
  'platform.heartbeat': { columns: { at: instant } },
  'platform.table_size': {
    columns: { day: kept('a day'), name: kept('name of a table'), rows: count, bytes: count }
  },
  'public.lyceum_migration': {
    columns: { module: ledger, name: ledger, hash: ledger, phase: ledger, applied_at: instant }
  },
  'graphile_worker._private_jobs': {
    emptied: 'work for people who are not here any more: mail to send, links that are good once'
  },
  'graphile_worker._private_job_queues': { emptied: 'belongs to the jobs' },
  'graphile_worker._private_tasks': { columns: { id: count, identifier: word } },
  'graphile_worker._private_known_crontabs': {
    columns: { identifier: word, known_since: instant, last_execution: instant }
  },
  'graphile_worker.migrations': { columns: { id: count, ts: instant, breaking: kept('yes or no') } }
}
