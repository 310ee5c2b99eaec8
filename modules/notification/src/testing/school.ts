import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { anyone, type Caller } from '@lyceum/platform/caller'
import type { EventType, Input, OperationName, Output } from '@lyceum/platform/contract'
import { openDatabase } from '@lyceum/platform/database'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { newId } from '@lyceum/platform/id'
import { openListener } from '@lyceum/platform/listener'
import { createLog } from '@lyceum/platform/log'
import { prepareLogins } from '@lyceum/platform/logins'
import { migrateUp } from '@lyceum/platform/migrate'
import { readMigrations } from '@lyceum/platform/migration'
import { createRuntime, installationEntry, noRequest } from '@lyceum/platform/runtime'
import { createWorker } from '@lyceum/platform/worker'
import type { Static } from 'typebox'
import type { NotificationContext, Tables } from '../context.ts'
import type { notificationContract } from '../contract.ts'
import type { MailTransport } from '../mail/mail-transport.ts'
import { notificationModule } from '../module.ts'

type Contract = typeof notificationContract
const folder = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))

/** A database of its own with this module's tables, shared by the schools of one test file. */
export async function startGround() {
  const home = await mkdtemp(join(tmpdir(), 'lyceum-notification-'))
  await chmod(home, 0o755)
  const log = createLog({ level: 'silent', release: 'test', secrets: () => [] })
  const postgres = await startEmbeddedPostgres({ home, log })
  const migrations = readMigrations([
    { module: 'platform', folder: folder('platform/migrations') },
    { module: 'notification', folder: folder('modules/notification/migrations') }
  ])
  await migrateUp({ ownerUrl: postgres.url, migrations, log: () => undefined })
  const logins = await prepareLogins(postgres.url, { app: newId(), jobs: newId() })
  const database = openDatabase({ url: logins.appUrl, max: 4, applicationName: 'test', prepare: true })
  const listener = openListener(logins.appUrl, 'test')
  return {
    database,
    listener,
    log,
    ...logins,
    close: async () => {
      await listener.close()
      await database.close()
      await postgres.stop()
      await rm(home, { recursive: true, force: true })
    }
  }
}
export type Ground = Awaited<ReturnType<typeof startGround>>

/** A new, empty school whose mail leaves by the transport given. */
export function openSchool({ database, listener, log, jobsUrl }: Ground, transport: MailTransport) {
  const tenantId = newId()
  const clock = { time: new Date('2026-03-01T08:00:00Z'), now: () => clock.time }
  const module = notificationModule({ transport, from: 'Lyceum <no-reply@learn.example>' })
  const runtime = createRuntime({ modules: [module], database, clock })
  const worker = createWorker({
    runtime,
    jobsUrl,
    listener,
    log,
    concurrency: 1,
    schedules: [],
    tenants: async () => [tenantId]
  })
  const transact = <Answer>(work: (context: NotificationContext) => Promise<Answer>): Promise<Answer> =>
    runtime.runner('notification', installationEntry(tenantId)).transact<Tables, Answer>(work)
  return {
    clock,
    transact,
    person: (permissions: string[] = []): Caller => ({ ...anyone(tenantId), userId: newId(), permissions }),
    ask: <K extends OperationName<Contract>>(caller: Caller, name: K, input: Input<Contract, K>) =>
      // The use case was matched with the contract when the module was defined.
      runtime.invoke(module, name, { caller, request: noRequest }, input) as Promise<Output<Contract, K>>,
    happen: async <E extends EventType>(event: E, payload: Static<E['payload']>): Promise<void> => {
      await transact((context) => context.publish(event, payload))
      await worker.drain()
    },
    drain: () => worker.drain(),
    /** As if the queue's waiting time between two attempts were over. */
    drainNextAttempt: async () => {
      await worker.pool.query('update graphile_worker._private_jobs set run_at = now() where locked_at is null')
      await worker.drain()
    },
    /** As if this were a job's last attempt. */
    exhaustAttempts: () => worker.pool.query('update graphile_worker._private_jobs set max_attempts = attempts + 1'),
    waitingJobs: async () => {
      const { rows } = await worker.pool.query<{ count: number }>(
        'select count(*)::int as count from graphile_worker._private_jobs where attempts < max_attempts'
      )
      return rows[0]?.count
    },
    close: async () => {
      await worker.pool.query('delete from graphile_worker._private_jobs')
      await worker.stop()
      await transport.close()
    }
  }
}
export type School = ReturnType<typeof openSchool>
