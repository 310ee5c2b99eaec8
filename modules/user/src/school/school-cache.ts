import { type Cache, defineCached } from '@lyceum/platform/cache'
import type { Listener } from '@lyceum/platform/listener'
import type { Tx } from '@lyceum/platform/transaction'
import { sql } from 'kysely'
import type { Tables } from '../context.ts'
import { School } from '../contract.ts'

const SCHOOL_CHANNEL = 'lyceum_school'

/** What everybody who opens a page asks for. Its logo's address is good for hours, so minutes are safe. */
const CachedSchool = defineCached({ name: 'school', v: 1, value: School, seconds: 300 })

/** How a school presents itself, as it was read lately. Nothing is decided by it. */
export interface SchoolCache {
  get(tenantId: string, read: () => Promise<School>): Promise<School>
  /** After a change of this process's own making; the others hear of it by `announceSchool`. */
  forget(tenantId: string): Promise<void>
}

/** PostgreSQL tells of changes when they are committed, whatever becomes of the process that made them. */
export async function openSchoolCache(cache: Cache, listener: Listener): Promise<SchoolCache> {
  const forget = (tenantId: string) => cache.forget(CachedSchool, tenantId)
  await listener.on(SCHOOL_CHANNEL, (tenantId) => void (tenantId === '' ? cache.clear() : forget(tenantId)))
  return { get: (tenantId, read) => cache.get(CachedSchool, tenantId, read), forget }
}

/** Every process forgets the school of this transaction when it commits. */
export async function announceSchool(tx: Tx<Tables>): Promise<void> {
  await sql`select pg_notify(${SCHOOL_CHANNEL}, platform.tenant_id()::text)`.execute(tx)
}

/** Every process forgets everything that is kept of schools when this transaction commits. */
export async function announceEverySchool(tx: Tx<Tables>): Promise<void> {
  await sql`select pg_notify(${SCHOOL_CHANNEL}, '')`.execute(tx)
}
