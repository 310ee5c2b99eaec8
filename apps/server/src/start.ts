import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { type Config, secretValues } from '@lyceum/platform/config'
import { createLog, type Log } from '@lyceum/platform/log'
import { answerUnknownRoutes } from '@lyceum/platform/problem'
import { isRotatable, SECRET_NAMES } from '@lyceum/platform/secret-names'
import type { SecretPlace } from '@lyceum/platform/where-secrets-are'
import type { Duties } from '@lyceum/platform/worker'
import { serveApiReference } from './api-docs.ts'
import { archiveChores } from './archive/archive-chore.ts'
import { settleAudit } from './audit-keeping.ts'
import { backupChores } from './backups.ts'
import { type Composition, compose } from './compose.ts'
import type { HeldSecrets } from './held-secrets.ts'
import type { Part } from './processes.ts'
import { releaseMemory } from './release-memory.ts'
import { announceRunning, findRunning, forgetRunning } from './running.ts'
import { shareAssets } from './shared-assets.ts'
import { prepareSurroundings } from './surroundings.ts'
import { type SettingsAgain, watchSecrets } from './watch-secrets.ts'
import { serveWeb } from './web.ts'
import { ensureWebBuild, WEB_DIST } from './web-build.ts'

export interface StartOptions {
  readonly config: Config
  /** How the settings are read again; without, secrets are those of the start. */
  readonly again?: SettingsAgain
  /** Which modules answer requests here, and whether jobs run (`worker`); `all` for everything. */
  readonly targets: readonly string[]
  /** The part this process plays in an installation of many. */
  readonly part?: Part | undefined
  /** Serve the web app from its sources with hot reload. */
  readonly fromSources: boolean
  /** Where secrets are kept, for backups. */
  readonly secretPlaces?: readonly SecretPlace[]
  /** Progress for a person at a terminal. */
  readonly tell: (line: string) => void
  /** Runs when everything is up and nobody has been let in yet: makes the demo school on the first start. */
  readonly beforeListening?: (
    product: Composition,
    place: { readonly home: string; readonly publicUrl: string }
  ) => Promise<void>
}

export interface Running {
  readonly url: string
  readonly product: Composition
  readonly log: Log
  readonly home: string
  readonly config: Config
  /** Stops in order; safe to call twice. */
  stop(): Promise<void>
}

/** Another process has what this one needs; nothing was changed. */
export class StartRefused extends Error {
  readonly code:
    | 'start.database-needed'
    | 'start.service-key-needed'
    | 'start.already-running'
    | 'start.port-in-use'
    | 'start.port-forbidden'
  constructor(code: StartRefused['code'], message: string) {
    super(message)
    this.name = 'StartRefused'
    this.code = code
  }
}

/** Brings the whole product up: database, schema, modules, worker, web app. */
export async function startProduct({
  config: given,
  again,
  targets,
  part,
  fromSources,
  secretPlaces = [],
  tell,
  beforeListening
}: StartOptions): Promise<Running> {
  const host = given.BIND_ADDRESS ?? (given.LYCEUM_ENV === 'development' ? '127.0.0.1' : '0.0.0.0')
  if (part !== undefined) mustSuitMany(given, part)
  if (!given.DATABASE_URL) await mustNotRun(resolve(given.LYCEUM_HOME))
  // A port that the system chooses is chosen now: addresses in mail carry it.
  const config: Config = { ...given, PORT: await takePort(given.PORT, host) }
  const secrets = secretValues(config)
  const text = config.LOG_FORMAT === 'text' || (config.LOG_FORMAT === 'auto' && process.stdout.isTTY)
  const log = createLog({
    level: config.LOG_LEVEL,
    release: config.RELEASE,
    secrets: () => secrets,
    ...(text ? { write: await writeText() } : {})
  })
  // A person at a terminal reads what `tell` says; the log begins when there is something to serve.
  if (text && log.level === 'info') log.level = 'warn'
  const home = resolve(config.LYCEUM_HOME)
  if (!config.DATABASE_URL && !existsSync(join(home, 'postgres'))) tell('Creating the database (once)…')
  const web = targets.includes('all') || targets.includes('web')
  const build = web && !fromSources ? ensureWebBuild(tell) : Promise.resolve(false)
  build.catch(() => undefined)
  let lookAgain = async (): Promise<void> => undefined
  const {
    surroundings,
    postgres,
    ownerUrl,
    secrets: held
  } = await prepareSurroundings(config, log, (secret) => secrets.push(secret), { lookAgain: () => lookAgain() })
  const cleanups: (() => Promise<unknown>)[] = [async () => postgres?.stop()]
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      forgetRunning(surroundings.home)
      for (const cleanup of cleanups.reverse()) await cleanup()
    })()
    return stopping
  }
  try {
    if (part !== 'service') await settleAudit(ownerUrl, config, log, surroundings.clock.now())
    const leaving = new AbortController()
    const chores = [
      ...backupChores({
        config,
        home: surroundings.home,
        ownerUrl,
        secrets: secretPlaces,
        log,
        signal: leaving.signal
      }),
      ...archiveChores({ config, ownerUrl, log, clock: surroundings.clock })
    ]
    const product = await compose({ ...surroundings, hidden: secrets, targets, part, chores })
    cleanups.push(product.close, async () => leaving.abort())
    if (again) {
      const watch = watchSecrets(again, (next) => takeUp(next, { config, held, secrets, log }), log)
      lookAgain = watch.lookAgain
      cleanups.push(watch.close)
    }
    await build
    await serveApiReference(product.app, config)
    if (web && fromSources) {
      const { serveWebFromSources } = await import('./web-from-sources.ts')
      cleanups.push(await serveWebFromSources(product.app))
    } else if (web) {
      const shared = config.ASSETS_FOLDER === null ? undefined : resolve(config.ASSETS_FOLDER)
      if (shared !== undefined) await shareAssets({ dist: WEB_DIST, shared, release: config.RELEASE })
      await serveWeb(product.app, shared, product)
    } else answerUnknownRoutes(product.app)
    await product.app.ready()
    await beforeListening?.(product, {
      home: surroundings.home,
      publicUrl: config.PUBLIC_URL ?? `http://localhost:${config.PORT}`
    })
    releaseMemory()
    await product.app.listen({ port: config.PORT, host, listenTextResolver: (address) => `listening at ${address}` })
    const duties = dutiesOf(targets)
    if (duties) await product.worker.start(duties)
    if (duties === 'all' || duties === 'schedules') product.statusHistory.start()
    const url = config.PUBLIC_URL ?? `http://localhost:${config.PORT}`
    // Commands of the operator ask whoever stands in front.
    if (part === undefined || part === 'gateway')
      announceRunning(surroundings.home, { url: `http://127.0.0.1:${config.PORT}`, pid: process.pid })
    log.level = config.LOG_LEVEL
    product.app.log.level = config.LOG_LEVEL
    return { url, product, log, home: surroundings.home, config, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Uses secrets that were exchanged, and says so; what a process cannot exchange while it runs waits for its next start. */
function takeUp(
  next: Config,
  { config, held, secrets, log }: { config: Config; held: HeldSecrets; secrets: string[]; log: Log }
): void {
  // Before anything could be logged that has one of them in it.
  secrets.push(...secretValues(next).filter((value) => !secrets.includes(value)))
  const taken = held.take(next)
  if (taken.length > 0) log.info({ secrets: taken }, 'secrets were exchanged; using the new ones')
  const waiting = SECRET_NAMES.filter((name) => !isRotatable(name) && textOf(next, name) !== textOf(config, name))
  if (waiting.length > 0)
    log.warn({ secrets: waiting }, 'secrets were changed that are used from the next start: restart when it suits')
}

const textOf = (config: Config, name: string): string | undefined =>
  new Map<string, unknown>(Object.entries(config)).get(name)?.toString()

/** @throws StartRefused where processes could not share what they need */
function mustSuitMany({ DATABASE_URL, SERVICE_SECRET_KEY }: Config, part: Part): void {
  if (!DATABASE_URL)
    throw new StartRefused(
      'start.database-needed',
      'The embedded database serves one process. An installation of many needs a PostgreSQL of its own: set DATABASE_URL.'
    )
  if (part !== 'background' && (SERVICE_SECRET_KEY?.length ?? 0) < 32)
    throw new StartRefused(
      'start.service-key-needed',
      'SERVICE_SECRET_KEY is missing or shorter than 32 characters. The gateway and the services believe each other by it: `lyceum secrets generate` makes one; give the same to all.'
    )
}

function dutiesOf(targets: readonly string[]): Duties | undefined {
  if (targets.includes('all')) return 'all'
  if (targets.includes('worker')) return 'jobs'
  return targets.includes('scheduler') ? 'schedules' : undefined
}

async function writeText(): Promise<(line: string) => void> {
  const { textLog } = await import('@lyceum/platform/text-log')
  return textLog((text) => process.stdout.write(text), { colour: process.stdout.hasColors?.() ?? false })
}

async function mustNotRun(home: string): Promise<void> {
  const running = findRunning(home)
  // After a crash the process id may be anybody's; whoever answers there is ours.
  if (!running || !(await answers(running.url))) return
  throw new StartRefused(
    'start.already-running',
    `Lyceum is running from ${home} already: ${running.url}, process ${running.pid}. Use that one, stop it first, or set LYCEUM_HOME to another folder.`
  )
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false
  )

/**
 * Asked before anything is built or started: an operator should not wait for a database to hear that a port is taken.
 * @returns the port, or the one that the system chose for 0
 */
async function takePort(port: number, host: string): Promise<number> {
  const probe = createServer()
  let taken = port
  const fault = await new Promise<NodeJS.ErrnoException | undefined>((answer) => {
    probe.once('error', answer)
    probe.listen(port, host, () => {
      const address = probe.address()
      if (typeof address === 'object' && address !== null) taken = address.port
      probe.close(() => answer(undefined))
    })
  })
  if (fault?.code === 'EADDRINUSE')
    throw new StartRefused(
      'start.port-in-use',
      `Port ${port} on ${host} is in use by another program. Stop that program, or choose another port: PORT=${port + 1} (PORT=0 takes any free one).`
    )
  if (fault?.code === 'EACCES')
    throw new StartRefused(
      'start.port-forbidden',
      `This user may not listen on port ${port}. Choose a port above 1023 and put a proxy in front, or allow it: “sudo setcap cap_net_bind_service=+ep $(which node)”.`
    )
  if (fault) throw fault
  return taken
}
