import type { Config } from '@lyceum/platform/config'
import type { Composition } from '@lyceum/server/compose'
import { hide, readSettings } from './environment.ts'
import { exitCodes } from './outcome.ts'
import { tell } from './terminal.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: (_: object, message: string) => tell(message) }

/**
 * The installation's database as its owner: the outside one, the one a running product keeps, or the embedded one, started
 * for as long as `work` takes.
 * @param given for a command that mends the settings, and so cannot wait for them to be right
 */
export async function withDatabase<Answer>(
  work: (place: { readonly ownerUrl: string; readonly config: Config }) => Promise<Answer>,
  given?: Config
): Promise<Answer> {
  const config = given ?? (await readSettings())
  const { openOwnedDatabase } = await import('@lyceum/server/surroundings')
  const { ownerUrl, postgres } = await openOwnedDatabase(config, quiet, { attach: true })
  return cleaningUp(
    () => work({ ownerUrl, config }),
    async () => postgres?.stop()
  )
}

/** The schema of the installation, and the migrations of this release. */
export async function withMigrations(
  work: (
    migrating: typeof import('@lyceum/platform/migrate'),
    place: { ownerUrl: string; migrations: ReturnType<typeof import('@lyceum/server/migrations').allMigrations> }
  ) => Promise<void>
): Promise<void> {
  const [migrating, { allMigrations }] = await Promise.all([
    import('@lyceum/platform/migrate'),
    import('@lyceum/server/migrations')
  ])
  await withDatabase(({ ownerUrl }) => work(migrating, { ownerUrl, migrations: allMigrations() }))
}

/** The product's modules over the installation's database, in this process and beside a running server; nobody can reach them. */
export async function withProduct<Answer>(
  work: (
    product: Composition,
    place: { readonly config: Config; readonly publicUrl: string; readonly ownerUrl: string }
  ) => Promise<Answer>
): Promise<Answer> {
  const given = await readSettings()
  const [{ prepareSurroundings }, { compose }, { createLog }, { findRunning }] = await Promise.all([
    import('@lyceum/server/surroundings'),
    import('@lyceum/server/compose'),
    import('@lyceum/platform/log'),
    import('@lyceum/server/running')
  ])
  const running = findRunning(given.LYCEUM_HOME)
  const config: Config = running ? { ...given, PORT: Number(new URL(running.url).port) } : given
  const hidden: string[] = []
  const log = createLog({
    level: 'error',
    release: config.RELEASE,
    secrets: () => hidden,
    write: (line) => tell(line.trim())
  })
  const { surroundings, postgres, ownerUrl } = await prepareSurroundings(
    config,
    log,
    (secret) => {
      hidden.push(secret)
      hide(secret)
    },
    { attach: true }
  )
  return cleaningUp(
    async () => {
      const product = await compose(surroundings)
      try {
        return await work(product, {
          config,
          publicUrl: config.PUBLIC_URL ?? `http://localhost:${config.PORT}`,
          ownerUrl
        })
      } finally {
        await product.close()
      }
    },
    async () => postgres?.stop()
  )
}

/** Cleans up after `work`, also when somebody presses Ctrl-C while it runs. */
export async function cleaningUp<Answer>(
  work: () => Promise<Answer>,
  cleanUp: () => Promise<unknown>
): Promise<Answer> {
  const interrupt = () => {
    cleanUp().finally(() => process.exit(exitCodes.interrupted))
  }
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    return await work()
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
    await cleanUp()
  }
}
