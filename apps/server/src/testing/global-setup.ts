import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { createPassword } from '@lyceum/platform/login'
import { prepareLogins } from '@lyceum/platform/logins'
import { migrateUp } from '@lyceum/platform/migrate'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { allMigrations } from '../migrations.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The role that owns the test server's databases. */
    ownerUrl: string
  }
}

export const TEMPLATE = 'lyceum_template'
export const PASSWORDS = { app: 'app-of-the-tests', jobs: 'jobs-of-the-tests' }

/**
 * One PostgreSQL for the whole run with a migrated template; every test file gets a copy of it. `TEST_DATABASE_URL`
 * names an outside server instead, as a role that may create databases and roles.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outside = process.env.TEST_DATABASE_URL
  const home = mkdtempSync(join(tmpdir(), 'lyceum-test-'))
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const embedded = outside
    ? undefined
    : await startEmbeddedPostgres({
        home,
        log: quiet,
        settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }
      })
  const ownerUrl = outside ?? embedded?.url ?? ''
  await recreateTemplate(ownerUrl)
  project.provide('ownerUrl', ownerUrl)
  return async () => {
    await embedded?.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

/** What every test server's database is a copy of. */
export async function recreateTemplate(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  await client.query(`drop database if exists ${TEMPLATE}`)
  await client.query(`create database ${TEMPLATE}`)
  await client.end()
  const template = new URL(ownerUrl)
  template.pathname = `/${TEMPLATE}`
  await migrateUp({ ownerUrl: template.href, migrations: allMigrations(), log: () => undefined })
  const fixed = (password: string) => createPassword([password], async () => undefined)
  await prepareLogins(template.href, { app: fixed(PASSWORDS.app), jobs: fixed(PASSWORDS.jobs) })
}
