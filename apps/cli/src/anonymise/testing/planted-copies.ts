import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '@lyceum/platform/config'
import { markAsCopy } from '@lyceum/platform/copy-mark'
import { createDiskStorage } from '@lyceum/platform/disk-storage'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { markFilesAsCopy } from '@lyceum/platform/files-mark'
import { migrateUp } from '@lyceum/platform/migrate'
import type { Storage } from '@lyceum/platform/storage'
import { allMigrations } from '@lyceum/server/migrations'
import pg from 'pg'
import { type Plants, plant } from './plant.ts'

export interface PlantedCopy {
  readonly url: string
  readonly home: string
  readonly connection: pg.Client
  readonly storage: Storage
}

export interface PlantedCopies {
  readonly plants: Plants
  /** Another copy of the same people, marked as one unless `marked` is false. */
  copy(options?: { readonly marked?: boolean }): Promise<PlantedCopy>
  close(): Promise<void>
}

/**
 * A PostgreSQL of its own with an installation full of people, of which any number of copies is made.
 * @param options.superuser false for a role that owns its databases and nothing else, as on a server of somebody else
 */
export async function startPlantedCopies(
  learners: number,
  { superuser = true }: { readonly superuser?: boolean } = {}
): Promise<PlantedCopies> {
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-planted-'))
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const server = await startEmbeddedPostgres({ home: join(folder, 'server'), log: quiet })
  const original = join(folder, 'original')
  mkdirSync(original)
  if (!superuser)
    await withClient(server.url, (client) =>
      client.query(`create role planter login createrole createdb password 'planter of the tests'`)
    )
  const at = (name: string): string => {
    const url = new URL(server.url)
    if (!superuser) [url.username, url.password] = ['planter', 'planter of the tests']
    url.pathname = `/${name}`
    return url.href
  }
  const onServer = (text: string) => withClient(at('postgres'), (client) => client.query(text))
  await onServer('create database original')
  await migrateUp({ ownerUrl: at('original'), migrations: allMigrations(), log: () => undefined })
  const plants = await withClient(at('original'), (client) =>
    plant(client, createDiskStorage({ folder: join(original, 'files') }), learners)
  )
  const connections: pg.Client[] = []
  let copies = 0
  return {
    plants,
    copy: async ({ marked = true } = {}) => {
      const name = `copy_${copies++}`
      const home = join(folder, name)
      await onServer(`create database ${name} template original`)
      cpSync(original, home, { recursive: true })
      const connection = new pg.Client({ connectionString: at(name) })
      connection.on('error', () => undefined)
      await connection.connect()
      connections.push(connection)
      if (marked) {
        await markAsCopy(connection, { of: 'the tests', now: new Date() })
        await markFilesAsCopy(readConfig({ LYCEUM_HOME: home }), home, 'the tests')
      }
      return { url: at(name), home, connection, storage: createDiskStorage({ folder: join(home, 'files') }) }
    },
    close: async () => {
      for (const connection of connections) await connection.end()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

async function withClient<Answer>(url: string, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
