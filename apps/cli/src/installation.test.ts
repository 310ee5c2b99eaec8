import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'

const BIN = fileURLToPath(new URL('../bin/lyceum.mjs', import.meta.url))

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

it('lets a command end whose product cannot be opened whole', { timeout: 120_000 }, async () => {
  await server.owner.query('alter table platform.maintenance rename to maintenance_gone')
  try {
    const child = spawn(process.execPath, [BIN, 'impact', '-o', 'json'], {
      cwd: server.home,
      env: {
        PATH: process.env.PATH,
        LYCEUM_HOME: server.home,
        DATABASE_URL: server.owner.options.connectionString,
        DATABASE_APP_PASSWORD: 'app-of-the-tests',
        DATABASE_JOBS_PASSWORD: 'jobs-of-the-tests',
        NO_COLOR: '1'
      },
      stdio: ['ignore', 'pipe', 'ignore']
    })
    const [said, [exit]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect(exit).toBe(1)
    expect(said).toContain('maintenance')
  } finally {
    await server.owner.query('alter table platform.maintenance_gone rename to maintenance')
  }
})
