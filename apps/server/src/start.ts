import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, secretValues } from '@lyceum/platform/config'
import { createLog, type Log } from '@lyceum/platform/log'
import { answerUnknownRoutes } from '@lyceum/platform/problem'
import { serveApiReference } from './api-docs.ts'
import { type Composition, compose } from './compose.ts'
import { prepareSurroundings } from './surroundings.ts'
import { serveWeb, serveWebFromSources } from './web.ts'
import { ensureWebBuild } from './web-build.ts'

export interface StartOptions {
  readonly config: Config
  /** Which modules answer requests here, and whether jobs run (`worker`); `all` for everything. */
  readonly targets: readonly string[]
  /** Serve the web app from its sources with hot reload. */
  readonly fromSources: boolean
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

/** What another command on this machine needs to find the running server. */
export const RUNNING_FILE = 'running.json'

/** Brings the whole product up: database, schema, modules, worker, web app. */
export async function startProduct({
  config,
  targets,
  fromSources,
  tell,
  beforeListening
}: StartOptions): Promise<Running> {
  const secrets = secretValues(config)
  const log = createLog({ level: config.LOG_LEVEL, release: config.RELEASE, secrets: () => secrets })
  const web = targets.includes('all') || targets.includes('web')
  const build = web && !fromSources ? ensureWebBuild(tell) : Promise.resolve(false)
  build.catch(() => undefined)
  const { surroundings, postgres } = await prepareSurroundings(config, log, (secret) => secrets.push(secret))
  const cleanups: (() => Promise<unknown>)[] = [async () => postgres?.stop()]
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      rmSync(join(surroundings.home, RUNNING_FILE), { force: true })
      for (const cleanup of cleanups.reverse()) await cleanup()
    })()
    return stopping
  }
  try {
    const product = await compose({ ...surroundings, targets })
    cleanups.push(product.close)
    await build
    await serveApiReference(product.app, config)
    if (web && fromSources) cleanups.push(await serveWebFromSources(product.app))
    else if (web) await serveWeb(product.app)
    else answerUnknownRoutes(product.app)
    await product.app.ready()
    await beforeListening?.(product, {
      home: surroundings.home,
      publicUrl: config.PUBLIC_URL ?? `http://localhost:${config.PORT}`
    })
    const host = config.BIND_ADDRESS ?? (config.LYCEUM_ENV === 'development' ? '127.0.0.1' : '0.0.0.0')
    await product.app.listen({ port: config.PORT, host })
    if (targets.includes('all') || targets.includes('worker')) await product.worker.start()
    const address = product.app.server.address()
    const port = typeof address === 'object' && address !== null ? address.port : config.PORT
    const url = config.PUBLIC_URL ?? `http://localhost:${port}`
    writeFileSync(
      join(surroundings.home, RUNNING_FILE),
      JSON.stringify({ url: `http://127.0.0.1:${port}`, pid: process.pid })
    )
    return { url, product, log, home: surroundings.home, config, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
