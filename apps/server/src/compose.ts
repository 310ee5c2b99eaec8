import { join } from 'node:path'
import { courseModule } from '@lyceum/course/module'
import { fileModule } from '@lyceum/file/module'
import { heldTransport, smtpTransport } from '@lyceum/notification/mail-transport'
import { notificationModule } from '@lyceum/notification/module'
import { createCache } from '@lyceum/platform/cache'
import type { Clock } from '@lyceum/platform/clock'
import type { Config } from '@lyceum/platform/config'
import { openDatabase } from '@lyceum/platform/database'
import { type FrontDoorOptions, frontDoor } from '@lyceum/platform/door'
import type { EventBus } from '@lyceum/platform/event-bus'
import { buildServer } from '@lyceum/platform/http'
import { openListener } from '@lyceum/platform/listener'
import { createLocalRateLimits } from '@lyceum/platform/local-rate-limits'
import type { Log } from '@lyceum/platform/log'
import { createMetrics } from '@lyceum/platform/metrics'
import type { Module } from '@lyceum/platform/module'
import { openStorage } from '@lyceum/platform/open-storage'
import { readQueueDepth } from '@lyceum/platform/queue-depth'
import type { SharedMemory } from '@lyceum/platform/redis'
import { createRedisRateLimits } from '@lyceum/platform/redis-rate-limits'
import { createRequestLimits } from '@lyceum/platform/request-limits'
import { createRuntime } from '@lyceum/platform/runtime'
import { createBreakers } from '@lyceum/platform/services/breakers'
import { answerQuestions } from '@lyceum/platform/services/questions'
import { createSeals } from '@lyceum/platform/services/seal'
import { sealedDoor } from '@lyceum/platform/services/sealed-door'
import { createServiceCalls } from '@lyceum/platform/services/service-calls'
import { systemModule } from '@lyceum/platform/system/module'
import { createWorker } from '@lyceum/platform/worker'
import { userModule } from '@lyceum/user/module'
import { openUserServices } from '@lyceum/user/services'
import { countBusiness } from './business-metrics.ts'
import { forwardModules } from './gateway/forward.ts'
import { addHealth, askService } from './health.ts'
import { leave, type Pace } from './leave.ts'
import { type Part, SERVICES, serviceUrls } from './processes.ts'
import { schedules } from './schedules.ts'

export interface Surroundings {
  readonly config: Config
  readonly home: string
  readonly clock: Clock
  readonly log: Log
  /** Logins of the two roles that run the product, never the owner's. */
  readonly appUrl: string
  /** The login of `appUrl` on a connection that stays. */
  readonly listenUrl: string
  readonly jobsUrl: string
  readonly tokenSecret: string
  readonly fileSecret: string
  readonly pinSecret: string
  /** Modules whose routes this process serves, and `worker`; `all` for everything. */
  readonly targets?: readonly string[]
  /** The part this process plays in an installation of many; without, it stands alone. */
  readonly part?: Part | undefined
}

/** The composition root: every module, the server over them and the worker beside it, from one configuration. */
export async function compose({
  config,
  home,
  clock,
  log,
  appUrl,
  listenUrl,
  jobsUrl,
  tokenSecret,
  fileSecret,
  pinSecret,
  targets = ['all'],
  part
}: Surroundings) {
  const database = openDatabase({
    url: appUrl,
    max: config.DATABASE_POOL,
    applicationName: `lyceum ${config.RELEASE}`,
    prepare: config.DATABASE_PREPARE
  })
  const listener = openListener(listenUrl, 'lyceum')
  const development = config.LYCEUM_ENV === 'development'
  const memory = await openMemory(config, log)
  const cache = createCache(memory)
  const rateLimits = memory ? createRedisRateLimits(memory) : createLocalRateLimits()
  const users = await openUserServices({
    database,
    listener,
    memory,
    cache,
    rateLimits,
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
  const storage = await openStorage(config, home)
  const transport = config.SMTP_URL === null ? heldTransport : smtpTransport(config.SMTP_URL, config.MAIL_FROM)
  const startedAt = clock.now()
  const all: Module[] = [
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

  const seals =
    part === undefined || part === 'background' ? undefined : createSeals({ keys: sealingKeys(config), clock })
  const breakers = createBreakers()
  const urlOf = serviceUrls(config)
  // Jobs and reactions are of every module; a service has its own alone and asks the others.
  const modules = part === 'service' ? all.filter(({ contract }) => targets.includes(contract.module)) : all

  // Set when an event or a job is written, so that inline processing runs only after requests that caused some.
  let queued = false
  const runtime = createRuntime({
    modules,
    database,
    clock,
    release: config.RELEASE,
    queued: () => {
      queued = true
    },
    remote: seals && part === 'service' ? createServiceCalls({ seals, breakers, urlOf }) : undefined
  })
  const bus = part === 'gateway' || part === 'service' ? undefined : await openBus(config, modules, log)
  const metrics = createMetrics(config.RELEASE, database, {
    clock,
    queue: () => readQueueDepth(worker.pool, database),
    folder: home
  })
  const worker = createWorker({
    runtime,
    jobsUrl,
    listener,
    log,
    bus,
    concurrency: 4,
    schedules,
    tenants: () => users.tenants.active(),
    relayed: countBusiness(metrics)
  })
  const isLimited = part === 'gateway' || (part === undefined && !development)
  const atFront: FrontDoorOptions = {
    limits: isLimited
      ? createRequestLimits({
          limits: rateLimits,
          clock,
          anonymous: config.RATE_LIMIT_ANONYMOUS,
          guesses: config.RATE_LIMIT_GUESSES,
          person: config.RATE_LIMIT_PERSON,
          tenant: config.RATE_LIMIT_TENANT
        })
      : undefined,
    authenticate: users.authenticate,
    frontendUrls: config.FRONTEND_URL,
    trustTenantHeader: development || config.TENANT_HEADER
  }
  const door = frontDoor(atFront)
  const server = await buildServer({
    runtime,
    door: seals && part === 'service' ? sealedDoor(seals) : door,
    frontendUrls: part === 'service' ? [] : config.FRONTEND_URL,
    log,
    metrics,
    release: config.RELEASE,
    trustProxy: config.TRUST_PROXY,
    maxHeaderBytes: part === 'service' ? 64 * 1024 : undefined,
    trustRequestId: config.TRUST_PROXY || part === 'service',
    pinSecret,
    meetsVisitors: part !== 'service',
    secure: config.PUBLIC_URL?.startsWith('https:') ?? false,
    serves: (module) => part !== 'gateway' && (targets.includes('all') || targets.includes(module)),
    answered: async () => {
      if (!config.TASKS_FORCE_INLINE || !queued) return
      queued = false
      await worker.drain()
    }
  })
  const { app } = server
  if (seals && part === 'service') answerQuestions(app, runtime, seals)
  if (seals && part === 'gateway')
    forwardModules(app, all, {
      door,
      seals,
      breakers,
      urlOf,
      // What a service has queued is not known here.
      answered: async () => {
        if (config.TASKS_FORCE_INLINE) await worker.drain()
      }
    })
  const health = addHealth(app, {
    database,
    storage,
    metrics,
    release: config.RELEASE,
    others: [
      ...(part === 'gateway'
        ? SERVICES.map((name) => ({ name: `service ${name}`, ask: () => askService(urlOf(name)) }))
        : []),
      ...(memory ? [{ name: 'redis', ask: () => memory.check() }] : []),
      ...(bus ? [{ name: 'rabbitmq', ask: () => bus.check() }] : [])
    ]
  })

  const pace: Pace = {
    waitMs: config.SHUTDOWN_WAIT_SECONDS * 1000,
    quickMs: config.SHUTDOWN_SECONDS * 1000,
    longMs: config.SHUTDOWN_LONG_SECONDS * 1000,
    spreadMs: development ? 0 : config.SHUTDOWN_SPREAD_SECONDS * 1000
  }

  return {
    app,
    live: server.live,
    running: server.running,
    runtime,
    worker,
    users,
    storage,
    health,
    cache,
    rateLimits,
    /** In the order that loses nothing: no new requests, running ones finish, jobs hand themselves in, connections close. */
    close: async () => {
      await leave(server, { health, pace, log })
      breakers.close()
      users.revocations.close()
      await users.activity.close()
      await worker.stop()
      await transport.close()
      await listener.close()
      await memory?.close()
      await database.close()
    }
  }
}

/** @throws without SERVICE_SECRET_KEY */
function sealingKeys({ SERVICE_SECRET_KEY, SERVICE_SECRET_KEY_PREVIOUS }: Config): string[] {
  if (!SERVICE_SECRET_KEY)
    throw new Error('SERVICE_SECRET_KEY is needed where several processes share the work: `lyceum secrets generate`.')
  return [SERVICE_SECRET_KEY, ...(SERVICE_SECRET_KEY_PREVIOUS ? [SERVICE_SECRET_KEY_PREVIOUS] : [])]
}

async function openMemory(config: Config, log: Log): Promise<SharedMemory | undefined> {
  if (config.REDIS_URL === null && config.REDIS_SENTINELS.length === 0) return undefined
  const { openRedis } = await import('@lyceum/platform/redis')
  return openRedis(
    {
      url: config.REDIS_URL,
      sentinels: config.REDIS_SENTINELS,
      sentinelName: config.REDIS_SENTINEL_NAME,
      sentinelPassword: config.REDIS_SENTINEL_PASSWORD
    },
    log
  )
}

/** Loaded where it is used only. With TASKS_FORCE_INLINE reactions run before the request is answered, which no broker can. */
async function openBus(config: Config, modules: readonly Module[], log: Log): Promise<EventBus | undefined> {
  if (config.RABBITMQ_URL === null || config.TASKS_FORCE_INLINE) return undefined
  const { openEventBus } = await import('@lyceum/platform/event-bus')
  return openEventBus({ url: config.RABBITMQ_URL, modules, release: config.RELEASE, log, concurrency: 4 })
}

export type Composition = Awaited<ReturnType<typeof compose>>
