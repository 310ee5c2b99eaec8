import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts'
import { ask, inLyceum, openWorkshop, type Workshop } from '../testing/installation.ts'
import { lastCommitIn } from './last-commit.ts'

let workshop: Workshop
beforeAll(async () => {
  workshop = await openWorkshop()
}, 60_000)
afterAll(() => workshop.close())

describe('the last commit in a segment of the log', { timeout: 60_000 }, () => {
  it('is the one that PostgreSQL remembers, to the microsecond', async () => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const postgres = await startEmbeddedPostgres({
      home: workshop.template,
      log,
      settings: { track_commit_timestamp: 'on' }
    })
    const url = inLyceum(postgres.url)
    try {
      await ask(url, 'select pg_switch_wal()')
      for (const rows of [1, 10, 40_000, 0]) {
        if (rows > 0) {
          await ask(
            url,
            `insert into note select ${rows} * 10000 + n, repeat('word ', n % 50) from generate_series(1, ${rows}) n`
          )
          await ask(url, `do $$ begin insert into note values (-${rows}, 'twice'); end $$`)
        }
        const [last] = await ask<{ at: string }>(
          url,
          `select (extract(epoch from timestamp) * 1000000)::int8::text as at from pg_last_committed_xact()`
        )
        // Something must be there to end, also where nothing was committed.
        await ask(url, `select pg_create_restore_point('here')`)
        const [row] = await ask<{ file: string }>(url, 'select pg_walfile_name(pg_switch_wal()) as file')
        const segment = await readFile(join(workshop.template, 'postgres', 'pg_wal', row?.file ?? ''))
        const found = lastCommitIn(segment)
        if (rows === 0) expect(found).toBeUndefined()
        else expect(String(found)).toBe(last?.at)
      }
    } finally {
      await postgres.stop()
    }
  })

  it('is none in what is no log', () => {
    expect(lastCommitIn(Buffer.alloc(16 * 1024 ** 2))).toBeUndefined()
  })
})
