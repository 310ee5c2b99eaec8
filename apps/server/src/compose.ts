import { join } from 'node:path'
import { courseModule } from '@lyceum/course/module'
import { fileModule } from '@lyceum/file/module'
import { heldTransport, smtpTransport } from '@lyceum/notification/mail-transport'
import { notificationModule } from '@lyceum/notification/module'
import { SendMail } from '@lyceum/notification/send-mail'
import { createCache } from '@lyceum/platform/cache'
import type { Clock } from '@lyceum/platform/clock'
import { type Config, secretValues } from '@lyceum/platform/config'
import { openDatabase } from '@lyceum/platform/database'
import { type FrontDoorOptions, frontDoor } from '@lyceum/platform/door'
import { buildServer } from '@lyceum/platform/http'
import type { Keys } from '@lyceum/platform/keys'
import { openListener } from '@lyceum/platform/listener'
import { createLocalRateLimits } from '@lyceum/platform/local-rate-limits'
import type { Log } from '@lyceum/platform/log'
import type { Login } from '@lyceum/platform/login'
import { type Maintenance, watchMaintenance } from '@lyceum/platform/maintenance'
import { createMetrics } from '@lyceum/platform/metrics'
import type { Module } from '@lyceum/platform/module'
import { openStorage } from '@lyceum/platform/open-storage'
import { findPrimary } from '@lyceum/platform/primary'
import { readQueueDepth } from '@lyceum/platform/queue-depth'
import { REACT } from '@lyceum/platform/reaction'
import { createRedisRateLimits } from '@lyceum/platform/redis-rate-limits'
import { countRequests } from '@lyceum/platform/request-counts'
import { createRequestLimits } from '@lyceum/platform/request-limits'
import { createRuntime } from '@lyceum/platform/runtime'
import { createBreakers } from '@lyceum/platform/services/breakers'
import { answerQuestions } from '@lyceum/platform/services/questions'
import { createSeals } from '@lyceum/platform/services/seal'
import { sealedDoor } from '@lyceum/platform/services/sealed-door'
import { createServiceCalls } from '@lyceum/platform/services/service-calls'
import { keepStatusHistory } from '@lyceum/platform/system/keep-status-history'
import { systemModule } from '@lyceum/platform/system/module'
import { openTelemetry } from '@lyceum/platform/telemetry'
import { type Chore, createWorker } from '@lyceum/platform/worker'
import { userModule } from '@lyceum/user/module'
import { openUserServices } from '@lyceum/user/services'
import type { FastifyRequest } from 'fastify'
import { watchBackups } from './backup/watch-backups.ts'
import { brokerFromOutside, usesBroker } from './broker-check.ts'
import { countBusiness } from './business-metrics.ts'
import { forwardModules } from './gateway/forward.ts'
import { hearRevocations, tellRevocations } from './gateway/revocations.ts'
import { addHealth, askService } from './health.ts'
import type { SigningKeys } from './held-secrets.ts'
import { leave, type Pace } from './leave.ts'
import { openBus, openMemory } from './optional-servers.ts'
import { type Part, SERVICES, serviceUrls } from './processes.ts'
import { schedules } from './schedules.ts'
import { statusFacts } from './status-facts.ts'

export interface Surroundings {
  readonly config: Config
  readonly home: string
  readonly clock: Clock
  readonly log: Log
  /** Logins of the two roles that run the product, never the owner's. */
  readonly appUrl: Login | string
  /** The login of `appUrl` on a connection that stays. */
  readonly listenUrl: Login | string
  readonly jobsUrl: Login | string
  /** Most connections for requests. */
  readonly poolSize: number
  /** The login of `appUrl` at servers that follow the database and may answer reads. */
  readonly replicaUrls?: readonly (Login | string)[]
  readonly keys: SigningKeys
  /** Values that must never leave; grows when secrets are exchanged. */
  readonly hidden?: readonly string[]
  /** Modules whose routes this process serves, and `worker`; `all` for everything. */
  readonly targets?: readonly string[]
  /** The part this process plays in an installation of many; without, it stands alone. */
  readonly part?: Part | undefined
  /** What the worker does on a clock for the installation itself. */
  readonly chores?: readonly Chore[]
}

/** The composition root: every module, the server over them and the worker beside it, from one configuration. */
export async function compose(surroundings: Surroundings) {
  const opened: (() => unknown)[] = []
  try {
    return await composeOver(surroundings, (close) => opened.push(close))
  } catch (error) {
    // Whoever goes on after this, or wants to end, is not held by connections that nobody knows any more.
    for (const close of opened.reverse()) await (async () => close())().catch(() => undefined)
    throw error
  }
}

/** @param opens told of what must be closed again where the rest cannot be opened */
async function composeOver(
  {
    config,
    home,
    clock,
    log,
    appUrl,
    listenUrl,
    jobsUrl,
    poolSize,
    replicaUrls = [],
    keys,
    hidden = secretValues(config),
    targets = ['all'],
    part,
    chores = []
  }: Surroundings,
  opens: (close: () => unknown) => void
) {
  // Known before anything asks: the first host may be the one that follows.
  const primaries = await Promise.all([appUrl, jobsUrl].map((url) => findPrimary(url)))
  const database = openDatabase({
    url: appUrl,
    max: poolSize,
    applicationName: `lyceum ${config.RELEASE}`,
    prepare: config.DATABASE_PREPARE,
    // The gateway hands reads on.
    replicas:
      part === 'gateway' ? undefined : { urls: replicaUrls, mostLagMs: config.DATABASE_REPLICA_LAG_SECONDS * 1000 }
  })
  opens(() => database.close())
  for (const primary of primaries) opens(() => primary.close())
  const listener = openListener(listenUrl, 'lyceum')
  opens(() => listener.close())
  const development = config.LYCEUM_ENV === 'development'
  const memory = await openMemory(config, log)
  opens(() => memory?.close())
  const telemetry = await openTelemetry({
    sentryDsn: config.SENTRY_DSN,
    statsdHost: config.STATSD_HOST,
    otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    release: config.RELEASE,
    environment: config.LYCEUM_ENV,
    service: part === undefined ? 'all' : part === 'gateway' ? part : (targets[0] ?? part),
    secrets: hidden
  })
  opens(() => telemetry.close())
  const backups = watchBackups(config, database)
  const metrics = createMetrics(config.RELEASE, database, {
    clock,
    pools: () => ({ jobs: worker.pool }),
    queue: () => readQueueDepth(worker.pool, database),
    bus: () => bus,
    memory: () => memory,
    backups,
    folder: home,
    answered: telemetry.answered
  })
  telemetry.publish(metrics.registry)
  database.replicas?.shareBy(memory)
  const cache = createCache(memory, metrics.cached)
  const rateLimits = memory ? createRedisRateLimits(memory) : createLocalRateLimits()
  const users = await openUserServices({
    database,
    listener,
    memory,
    cache,
    rateLimits,
    clock,
    keys: keys.token,
    publicUrl: config.PUBLIC_URL ?? `http://localhost:${config.PORT}`,
    identityProviders: {
      allowHttp: config.LYCEUM_ENV !== 'production',
      allowPrivate: development || config.PRIVATE_IDENTITY_PROVIDERS,
      firebaseKeysUrl: config.FIREBASE_KEYS_URL
    },
    localNames: development ? ['127.0.0.1', '::1', '[::1]', '0.0.0.0'] : []
  })
  opens(() => users.revocations.close())
  const maintenance = await watchMaintenance(database, listener, clock)
  opens(() => maintenance.close())
  const storage = await openStorage(config, home)
  const transport = config.SMTP_URL === null ? heldTransport : smtpTransport(config.SMTP_URL, config.MAIL_FROM)
  const startedAt = clock.now()
  const hasBus = part !== 'gateway' && part !== 'service'
  const facts = statusFacts({
    config,
    clock,
    home,
    startedAt,
    checks: () => health.checks(),
    queue: () => readQueueDepth(worker.pool, database),
    pool: database.pool,
    runtime: () => runtime,
    tenants: () => users.tenants.active(),
    backups,
    mail: { transport: transport.kind, task: SendMail.name, reactionTask: REACT.name }
  })
  const statusHistory = keepStatusHistory({ database, clock, facts })
  const all: Module[] = [
    userModule(users),
    courseModule({ storage }),
    fileModule({
      storage,
      keys: keys.file,
      uploadsFolder: join(home, 'uploads'),
      maxFileBytes: config.MAX_FILE_MB * 1024 ** 2,
      tenantLimitBytes: config.TENANT_STORAGE_GB === 0 ? null : config.TENANT_STORAGE_GB * 1024 ** 3,
      scanCommand: config.SCAN_COMMAND
    }),
    notificationModule({ transport, from: config.MAIL_FROM }),
    systemModule({
      statusFacts: facts,
      statusHistory,
      jobs: () => worker.pool,
      health: () => health.checks(),
      activePeople: (tenantId) => users.activePeople(tenantId),
      release: config.RELEASE,
      environment: config.LYCEUM_ENV,
      startedAt
    })
  ]

  const seals =
    part === undefined || part === 'background' ? undefined : createSeals({ keys: mustHaveKey(keys.service), clock })
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
    tracing: telemetry.tracing,
    remote:
      seals && part === 'service'
        ? createServiceCalls({ seals, breakers, tracing: telemetry.tracing, urlOf })
        : undefined
  })
  const bus = !hasBus ? undefined : await openBus(config, modules, log)
  opens(() => bus?.close())
  const worker = createWorker({
    runtime,
    jobsUrl,
    listener,
    log,
    bus,
    concurrency: 4,
    schedules,
    chores,
    tenants: () => users.tenants.active(),
    telemetry,
    relayed: countBusiness(metrics, all)
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
    trustTenantHeader: development || config.TENANT_HEADER,
    // Jobs and other processes are answered on: who may come in is decided once, in front.
    maintenance,
    clock
  }
  const door = frontDoor(atFront)
  const server = await buildServer({
    runtime,
    door: seals && part === 'service' ? sealedDoor(seals) : door,
    frontendUrls: part === 'service' ? [] : config.FRONTEND_URL,
    log,
    metrics,
    telemetry,
    release: config.RELEASE,
    trustProxy: config.TRUST_PROXY,
    maxHeaderBytes: part === 'service' ? 64 * 1024 : undefined,
    trustRequestId: config.TRUST_PROXY || part === 'service',
    stamp: part === 'service' ? tellRevocations(users.revocations) : undefined,
    pinKeys: keys.pin,
    meetsVisitors: part !== 'service',
    secure: config.PUBLIC_URL?.startsWith('https:') ?? false,
    maintenance: part === 'service' ? undefined : maintenance,
    serves: (module) => part !== 'gateway' && (targets.includes('all') || targets.includes(module)),
    answered: async () => {
      if (!config.TASKS_FORCE_INLINE || !queued) return
      queued = false
      await worker.drain()
    }
  })
  const { app } = server
  // Once for each request: a service answers whom the gateway has counted.
  const counts =
    part === undefined || part === 'gateway'
      ? countRequests(app, { database, clock, release: config.RELEASE })
      : undefined
  if (seals && part === 'service') answerQuestions(app, runtime, seals)
  const heardRevocations = hearRevocations(users.revocations)
  if (seals && part === 'gateway')
    forwardModules(app, all, {
      door,
      seals,
      breakers,
      tracing: telemetry.tracing,
      urlOf,
      answered: async (headers) => {
        await heardRevocations(headers)
        // What a service has queued is not known here.
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
      ...(bus ? [{ name: 'rabbitmq', ask: () => bus.check() }] : usesBroker(config) ? [brokerFromOutside(config)] : [])
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
    statusHistory,
    cache,
    rateLimits,
    clock,
    counts,
    /** Maintenance that keeps whoever sends this request out; undefined for everybody who may come in. */
    closedTo: async (request: FastifyRequest): Promise<Maintenance | undefined> => {
      const closed = maintenance.underWay()
      return (
        closed &&
        (await door(request, { access: 'anyone' }).then(
          () => undefined,
          () => closed
        ))
      )
    },
    /** In the order that loses nothing: no new requests, running ones finish, jobs hand themselves in, connections close. */
    close: async () => {
      await leave(server, { health, pace, log })
      maintenance.close()
      statusHistory.close()
      await counts?.close()
      breakers.close()
      users.revocations.close()
      await users.activity.close()
      await worker.stop()
      await transport.close()
      await listener.close()
      await telemetry.close()
      await memory?.close()
      await database.close()
      for (const primary of primaries) primary.close()
    }
  }
}

function mustHaveKey(keys: Keys | undefined): Keys {
  if (keys) return keys
  throw new Error('SERVICE_SECRET_KEY is needed where several processes share the work: `lyceum secrets generate`.')
}

export type Composition = Awaited<ReturnType<typeof compose>>
