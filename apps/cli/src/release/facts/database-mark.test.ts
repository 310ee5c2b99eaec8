import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import pg from 'pg'
import { expect, it } from 'vitest'
import { readDatabaseMark } from './database-mark.ts'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

it('marks a database that is the same, and another mark one that was restarted', { timeout: 120_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'lyceum-mark-'))
  try {
    const first = await startEmbeddedPostgres({ home, log })
    const client = new pg.Client({ connectionString: first.url })
    await client.connect()
    await client.query(`create role nobody_special login password 'nothing special'`)
    await client.end()
    const mark = await readDatabaseMark(first.url)
    expect(await readDatabaseMark(first.url)).toBe(mark)
    const plain = new URL(first.url)
    plain.username = 'nobody_special'
    plain.password = 'nothing special'
    expect(await readDatabaseMark(plain.href)).toBe(mark)
    await first.stop()
    await expect(readDatabaseMark(first.url)).rejects.toThrow()
    const second = await startEmbeddedPostgres({ home, log })
    expect(await readDatabaseMark(second.url)).not.toBe(mark)
    await second.stop()
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
