import { join } from 'node:path'
import { courseModule } from '@lyceum/course/module'
import { fileModule } from '@lyceum/file/module'
import { heldTransport, smtpTransport } from '@lyceum/notification/mail-transport'
import { notificationModule } from '@lyceum/notification/module'
import type { Clock } from '@lyceum/platform/clock'
import type { Config } from '@lyceum/platform/config'
import { openDatabase } from '@lyceum/platform/database'
import { createDiskStorage } from '@lyceum/platform/disk-storage'
import { buildServer } from '@lyceum/platform/http'
import { openListener } from '@lyceum/platform/listener'
import type { Log } from '@lyceum/platform/log'
import { createMetrics } from '@lyceum/platform/metrics'
import type { Module } from '@lyceum/platform/module'
import { readQueueDepth } from '@lyceum/platform/queue-depth'
import { createRuntime } from '@lyceum/platform/runtime'
import { systemModule } from '@lyceum/platform/system/module'
import { createWorker } from '@lyceum/platform/worker'
import { userModule } from '@lyceum/user/module'
import { openUserServices } from '@lyceum/user/services'
import { countBusiness } from './business-metrics.ts'
import { addHealth } from './health.ts'
import { schedules } from './schedules.ts'

export interface Surroundings {
  readonly config: Config
  readonly home: string
  readonly clock: Clock
  readonly log: Log
  /** Logins of the two roles that run the product, never the owner's. */
  readonly appUrl: string
  readonly jobsUrl: string
  readonly tokenSecret: string
  readonly fileSecret: string
  /** Modules whose routes this process serves, and `worker`; `all` for everything. */
  readonly targets?: readonly string[]
}

/** The composition root: every module, the server over them and the worker beside it, from one configuration. */
export async function compose({
  config,
  home,
  clock,
  log,
  appUrl,
  jobsUrl,
  tokenSecret,
  fileSecret,
  targets = ['all']
}: Surroundings) {
  const database = openDatabase({
    url: appUrl,
    max: config.DATABASE_POOL,
    applicationName: `lyceum ${config.RELEASE}`,
    prepare: config.DATABASE_PREPARE
  })
  const listener = openListener(appUrl, 'lyceum')
  const development = config.LYCEUM_ENV === 'development'
  const users = await openUserServices({
    database,
    listener,
    clock,
    secret: tokenSecret,
    publicUrl: config.PUBLIC_URL ?? `http://localhost:${config.PORT}`,
    identityProviders: {
      allowHttp: config.LYCEUM_ENV !== 'production',
      allowPrivate: development || config.PRIVATE_IDENTITY_PROVIDERS,
      firebaseKeysUrl: config.FIREBASE_KEYS_URL
    },
    localNames: development ? ['127.0.0.1', '::1', '[::1]', '0.0.0.0'] : []
  })
  const storage = createDiskStorage({ folder: join(home, 'files') })
  const transport = config.SMTP_URL === null ? heldTransport : smtpTransport(config.SMTP_URL, config.MAIL_FROM)
  const startedAt = clock.now()
  const modules: Module[] = [
    userModule(users),
    courseModule({ storage }),
    fileModule({
      storage,
      secret: fileSecret,
      uploadsFolder: join(home, 'uploads'),
      maxFileBytes: config.MAX_FILE_MB * 1024 ** 2,
      tenantLimitBytes: config.TENANT_STORAGE_GB === 0 ? null : config.TENANT_STORAGE_GB * 1024 ** 3,
      scanCommand: config.SCAN_COMMAND
    }),
    notificationModule({ transport, from: config.MAIL_FROM }),
    systemModule({
      jobs: () => worker.pool,
      health: () => health.checks(),
      activePeople: (tenantId) => users.activePeople(tenantId),
      release: config.RELEASE,
      environment: config.LYCEUM_ENV,
      startedAt
    })
  ]

  // Set when an event or a job is written, so that inline processing runs only after requests that caused some.
  let queued = false
  const runtime = createRuntime({
    modules,
    database,
    clock,
    queued: () => {
      queued = true
    }
  })
  const metrics = createMetrics(config.RELEASE, database, {
    queue: () => readQueueDepth(worker.pool, database),
    folder: home
  })
  const worker = createWorker({
    runtime,
    jobsUrl,
    listener,
    log,
    concurrency: 4,
    schedules,
    tenants: () => users.tenants.active(),
    relayed: countBusiness(metrics)
  })
  const app = await buildServer({
    runtime,
    authenticate: users.authenticate,
    frontendUrls: config.FRONTEND_URL,
    trustTenantHeader: development || config.TENANT_HEADER,
    log,
    metrics,
    release: config.RELEASE,
    trustProxy: config.TRUST_PROXY,
    secure: config.PUBLIC_URL?.startsWith('https:') ?? false,
    serves: (module) => targets.includes('all') || targets.includes(module),
    answered: async () => {
      if (!config.TASKS_FORCE_INLINE || !queued) return
      queued = false
      await worker.drain()
    }
  })
  const health = addHealth(app, { database, storage, metrics, release: config.RELEASE })

  return {
    app,
    runtime,
    worker,
    users,
    storage,
    health,
    /** In the order that loses nothing: no new requests, running ones finish, jobs hand themselves in, connections close. */
    close: async () => {
      health.leave()
      await app.close()
      users.revocations.close()
      await worker.stop()
      await transport.close()
      await listener.close()
      await database.close()
    }
  }
}

export type Composition = Awaited<ReturnType<typeof compose>>
