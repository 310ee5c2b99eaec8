import { rmSync } from 'node:fs'
import { startOutside } from '@lyceum/platform/backup/testing/outside'
import { killProduct } from '../crash/crash.ts'
import { embeddedUrl } from '../embedded-url.ts'
import { type ProductProcess, removeHome } from '../product-process.ts'

export type Engine = 'physical' | 'pgbackrest'

/** A home, and the database that belongs to it. */
export interface Installation {
  readonly env: Readonly<Record<string, string>>
  ownerUrl(): string
  /** Ends everything at once and removes all of it but the repositories. */
  lose(product: ProductProcess): Promise<void>
  /** What a restore has to be told. */
  readonly restoreTo: readonly string[]
  /** Starts what the product does not start by itself. */
  start(): Promise<void>
  close(): Promise<void>
}

export const openInstallation = (engine: Engine, home: string): Promise<Installation> =>
  engine === 'physical' ? openEmbedded(home) : openOutside(home)

async function openEmbedded(home: string): Promise<Installation> {
  return {
    env: { LYCEUM_HOME: home },
    ownerUrl: () => embeddedUrl(home),
    lose: async (product) => {
      await killProduct(product, home, true)
      removeHome(home)
    },
    restoreTo: [],
    start: async () => undefined,
    close: async () => undefined
  }
}

async function openOutside(home: string): Promise<Installation> {
  const { server, ownerUrl, environment, close } = await startOutside({ archivedWithin: 90 })
  const { BACKUP_REPOSITORY: _, BACKUP_RECIPIENT: __, RELEASE: ___, ...env } = environment
  return {
    env: { ...env, LYCEUM_HOME: home },
    ownerUrl: () => ownerUrl,
    lose: async (product) => {
      await server.kill()
      await killProduct(product, home, false)
      rmSync(server.data, { recursive: true })
      removeHome(home)
    },
    restoreTo: ['--data', server.data],
    start: server.start,
    close
  }
}
