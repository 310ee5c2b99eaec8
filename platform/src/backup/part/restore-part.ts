import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { appendTo } from '../../audit/audit-log.ts'
import type { AuditEntry } from '../../audit/chain.ts'
import { kyselyOn } from '../../db/database.ts'
import { publish } from '../../events/outbox.ts'
import { enqueue } from '../../jobs/job.ts'
import { BackupError } from '../backup-error.ts'
import { findClashes, mustNotClash } from './find-clashes.ts'
import type { PartRules } from './part-rule.ts'
import { type Part, type PartTable, tablesOf } from './part-table.ts'
import { type Relation, readRelations } from './relations.ts'
import { type PartPlan, planRows, stageRows } from './stage-part.ts'
import { writeRows } from './write-part.ts'

export interface PartOrder {
  /** The database that serves, and the one that was restored beside it, as those who own them. */
  readonly liveUrl: string
  readonly copyUrl: string
  readonly rules: PartRules
  readonly part: Part
}

export interface PlannedPart extends PartPlan {
  /** What somebody else has taken since, in words: with any of them nothing can be written. */
  readonly clashes: readonly string[]
}

/** One part at a time, whichever machine brings it back. */
const LOCK = 7_263_554_111
/** Less than the second after which PostgreSQL begins to break off those who wait for each other. */
const LOCK_TIMEOUT = '400ms'
const LOCK_ATTEMPTS = 75
const LOCK_PAUSE_MS = 400
/** So often each table is waited for alone, so long that PostgreSQL sends away what only cleans up there. */
const ALONE_EVERY = 5
const ALONE_TIMEOUT = '3s'
const ROW_TIMEOUT = '60s'

/** Says what bringing a part back would do. Changes nothing and keeps nobody waiting. @throws BackupError */
export const planPart = (order: PartOrder): Promise<PlannedPart> =>
  withBoth(order, async (live, copy, tables) => {
    await live.query('begin')
    try {
      await stageRows(live, copy, tables)
      const plan = await planRows(live, tables)
      return { ...plan, clashes: await findClashes(live, tables) }
    } finally {
      await live.query('rollback')
    }
  })

/**
 * Brings a part back in one transaction: whatever ends it early, a clash or a lost machine, nothing was changed. Whoever writes in the
 * same tables waits for as long as rows are compared and written.
 *
 * @param audit what is written to the audit log, in the same transaction
 * @throws BackupError `backup.part-clash`, `backup.part-busy`
 */
export const restorePart = (
  order: PartOrder & {
    readonly asOf: Date
    readonly now: Date
    readonly audit: (plan: PartPlan) => AuditEntry
  }
): Promise<PartPlan> =>
  withBoth(order, async (live, copy, tables) => {
    await live.query('begin')
    try {
      await takeTurn(live)
      await stageRows(live, copy, tables)
      await lockTables(live, tables)
      const plan = await planRows(live, tables)
      mustNotClash(await findClashes(live, tables))
      await writeRows(live, tables, order)
      if (plan.tables.some(({ add, change, remove }) => add + change + remove > 0)) await finish(live, tables, order)
      await appendTo(live, order.audit(plan))
      await live.query('commit')
      return plan
    } catch (error) {
      await live.query('rollback').catch(() => undefined)
      throw isLockTimeout(error) ? busy() : error
    }
  })

async function withBoth<Answer>(
  { liveUrl, copyUrl, rules, part }: PartOrder,
  work: (live: pg.PoolClient, copy: pg.PoolClient, tables: readonly PartTable[]) => Promise<Answer>
): Promise<Answer> {
  const [live, copy] = [liveUrl, copyUrl].map(
    (connectionString) => new pg.Pool({ connectionString, max: 1, application_name: 'lyceum restore' })
  )
  if (live === undefined || copy === undefined) throw new Error('unreachable')
  for (const pool of [live, copy]) pool.on('error', () => undefined)
  try {
    const clients = await Promise.all([live.connect(), copy.connect()])
    const [here, there] = clients
    for (const client of clients) client.on('error', () => undefined)
    try {
      const relations = await readRelations(here)
      const tables = tablesOf(part, rules, relations)
      mustBeAlike(tables, relations, await readRelations(there))
      return await work(here, there, tables)
    } finally {
      for (const client of clients) client.release(true)
    }
  } finally {
    await Promise.all([live.end(), copy.end()])
  }
}

/** Rows go from one to the other by the names of columns. */
function mustBeAlike(
  tables: readonly PartTable[],
  live: ReadonlyMap<string, Relation>,
  copy: ReadonlyMap<string, Relation>
): void {
  const columnsOf = (relation: Relation | undefined): string =>
    JSON.stringify([...(relation?.columns ?? [])].sort((one, other) => (one.name < other.name ? -1 : 1)))
  const different = tables.filter(({ name }) => columnsOf(live.get(name)) !== columnsOf(copy.get(name)))
  if (different.length === 0) return
  throw new BackupError(
    'backup.part-schema',
    `The backup has ${different.map(({ name }) => name).join(', ')} with other columns than the installation, also after this release’s migrations. Nothing was changed. Bring the installation to this release first (lyceum migrate up), or use the release that serves.`,
    'refused'
  )
}

async function takeTurn(live: pg.ClientBase): Promise<void> {
  const { rows } = await live.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [LOCK])
  if (rows[0]?.mine) return
  throw new BackupError(
    'backup.part-busy',
    'Another part is being brought back now. Wait for it, then do this again.',
    'busy'
  )
}

/**
 * All or none, and never waiting for long while holding some: nobody is broken off because of this. Whoever has locked a row is waited for
 * too, and would otherwise wait for us while we wait for that row; those who read go on.
 */
async function lockTables(live: pg.ClientBase, tables: readonly PartTable[]): Promise<void> {
  const locks = tables.map(({ name }) => name).join(', ')
  for (let attempt = 1; ; attempt++) {
    await live.query(`savepoint before_locks; set local lock_timeout = '${LOCK_TIMEOUT}'`)
    try {
      await live.query(`lock table ${locks} in exclusive mode`)
      await live.query(`set local lock_timeout = '${ROW_TIMEOUT}'`)
      return
    } catch (error) {
      if (!isLockTimeout(error)) throw error
      await live.query('rollback to savepoint before_locks')
      if (attempt === LOCK_ATTEMPTS) throw busy()
      if (attempt % ALONE_EVERY === 0) await waitForEachAlone(live, tables)
      await sleep(LOCK_PAUSE_MS)
    }
  }
}

async function waitForEachAlone(live: pg.ClientBase, tables: readonly PartTable[]): Promise<void> {
  for (const { name } of tables)
    try {
      await live.query(
        `savepoint alone; set local lock_timeout = '${ALONE_TIMEOUT}'; lock table ${name} in exclusive mode`
      )
    } catch (error) {
      if (!isLockTimeout(error)) throw error
    } finally {
      await live.query('rollback to savepoint alone')
    }
}

const isLockTimeout = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '55P03'

const busy = (): BackupError =>
  new BackupError(
    'backup.part-busy',
    'Somebody is writing all the time, and no moment could be found. Nothing was changed. Do this again at a quieter hour, or close Lyceum for it: lyceum maintenance on',
    'busy'
  )

async function finish(
  live: pg.PoolClient,
  tables: readonly PartTable[],
  { part: { tenantId, of }, now }: { readonly part: Part; readonly now: Date }
): Promise<void> {
  await live.query(`select set_config('app.tenant_id', $1, true)`, [tenantId])
  const tx = <Tables>() => kyselyOn<Tables>(live, false)
  for (const { rule, acts } of tables)
    await rule.finish?.({
      tx,
      tenantId,
      id: of?.id ?? null,
      now,
      publish: (event, payload) => publish(tx<unknown>(), now, event, payload),
      enqueue: (job, payload, options) => enqueue(tx<unknown>(), job, { tenantId, payload }, options),
      acts
    })
}
