import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { appendAudit } from '@lyceum/platform/audit-log'
import { readConfig } from '@lyceum/platform/config'
import { makeWorkerUtils } from 'graphile-worker'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  type Installation,
  openWorkshop,
  startInstallation,
  TENANT,
  type Workshop
} from '../../../../platform/src/backup/testing/installation.ts'
import { drillKinds } from '../drill/drill.ts'
import { cadences } from './cadences.ts'
import type { Check, Finding, Place } from './check.ts'
import { judgeUse } from './disk-use.ts'

let workshop: Workshop
let school: Installation
const folder = mkdtempSync(join(tmpdir(), 'lyceum-checks-'))
const noticed = new Set<string>()

/** What tests of their own seed faults for. */
const ELSEWHERE = ['Redis', 'RabbitMQ', 'object storage', 'secret values', 'age of secrets', 'files with secrets']

const allOf = Object.values(cadences).flatMap(({ checks }) => checks)
function checkOf(what: string): Check {
  const found = allOf.find((one) => one.what === what)
  if (!found) throw new Error(`no list has ${what}`)
  return found
}

const here = (env: Readonly<Record<string, string>> = {}): Place => ({
  config: readConfig({ ...school.environment, BACKUP_IDENTITY: school.identity, ...env }),
  home: school.home,
  faults: []
})

/** Looks before and after something is broken: only the second time anything is found. */
async function notices(
  what: string,
  breakIt: () => Promise<unknown> | unknown,
  { well = here(), broken = well, before = ['ok', 'skipped'] }: { well?: Place; broken?: Place; before?: string[] } = {}
): Promise<Finding> {
  const { check } = checkOf(what)
  const first = await check(well)
  expect(before, first.message).toContain(first.state)
  await breakIt()
  const second = await check(broken)
  expect(['note', 'fault'], second.message).toContain(second.state)
  expect('remedy' in second && second.remedy).not.toBe('')
  noticed.add(what)
  return second
}

beforeAll(async () => {
  workshop = await openWorkshop()
  school = await startInstallation(workshop)
}, 120_000)
afterEach(() => vi.unstubAllEnvs())
afterAll(async () => {
  await school.stop()
  workshop.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('every check notices its fault:', { timeout: 60_000 }, () => {
  it('a process that hangs', async () => {
    const said = await notices(
      'running',
      () =>
        writeFileSync(
          join(school.home, 'running.json'),
          JSON.stringify({ url: 'http://127.0.0.1:9', pid: process.pid })
        ),
      // Not running is worth a word, too.
      { before: ['note'] }
    )
    rmSync(join(school.home, 'running.json'))
    expect(said).toMatchObject({ state: 'fault', message: expect.stringContaining('does not answer') })
  })

  it('requests that fail', async () => {
    const count = (requests: number, failed: number) =>
      school.ask(
        `insert into platform.request_count values (now() - interval '1 hour', 'r${requests}', ${requests}, ${failed})`
      )
    await count(9_999, 2)
    expect(await notices('errors of a day', () => count(2_000, 40))).toMatchObject({ state: 'note' })
    await count(1, 0)
    await count(3_000, 2_000)
    expect(await checkOf('errors of a day').check(here())).toMatchObject({ state: 'fault' })
  })

  it('a database that does not answer, has too few connections, or another schema', async () => {
    const away = here({ DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:9/nowhere' })
    await notices('database', () => undefined, { broken: away })
    await notices('database connections', () => undefined, { broken: here({ DATABASE_POOL: '500' }) })
    await notices('schema', () =>
      school.ask(`update public.lyceum_migration set name = 'of-another-release' where name like '0011%'`)
    )
    await school.ask(`update public.lyceum_migration set name = '0011-backup-proof' where name = 'of-another-release'`)
  })

  it('a disk without room', async () => {
    // Nothing can be written there.
    await notices('disk space', () => undefined, { broken: { ...here(), home: '/proc' } })
    expect(await checkOf('disk usage').check(here())).toMatchObject({ message: expect.stringContaining('% used') })
    expect(judgeUse([{ folder: '/a', used: 0.85 }])).toMatchObject({ state: 'ok' })
    expect(
      judgeUse([
        { folder: '/a', used: 0.2 },
        { folder: '/b', used: 0.86 }
      ])
    ).toMatchObject({ state: 'fault' })
    noticed.add('disk usage')
    mkdirSync(join(school.home, 'logs'), { recursive: true })
    const huge = join(school.home, 'logs', 'huge.log')
    await notices('size of logs', () => {
      writeFileSync(huge, '')
      truncateSync(huge, 2 * 1024 ** 3)
    })
    rmSync(huge)
  })

  it('mail that cannot leave, or did not', async () => {
    await notices('mail', () => undefined, { before: ['note'], broken: here({ SMTP_URL: 'smtp://127.0.0.1:9' }) })
    await notices('mail of a day', () =>
      school.ask(
        `insert into notification.mail (tenant_id, id, template, locale, "to", name, subject, text, state, created_at)
         values ('${TENANT}', gen_random_uuid(), 'invitation', 'en', 'a@b.example', 'A', 'S', 'T', 'failed', now())`
      )
    )
  })

  it('jobs that were given up, and events that wait', async () => {
    const queue = await makeWorkerUtils({ connectionString: school.ownerUrl })
    await queue.migrate()
    await notices('jobs and events', () =>
      school.ask(
        `insert into platform.outbox (tenant_id, id, name, payload, occurred_at)
         values ('${TENANT}', gen_random_uuid(), 'a', '{}', now() - interval '1 hour')`
      )
    )
    await school.ask('update platform.outbox set relayed_at = now()')
    await notices('jobs and events', async () => {
      await queue.addJob('a', {}, { maxAttempts: 1 })
      await school.ask('update graphile_worker._private_jobs set attempts = max_attempts')
    })
    await queue.release()
  })

  it('backups that nobody can open, and that are not made', async () => {
    await notices('backups', () => undefined, {
      // No set was tried out yet.
      before: ['note'],
      broken: { ...here(), config: { ...here().config, BACKUP_IDENTITY: null } }
    })
    // What a disk of this machine has left is not for this test.
    const named = async (): Promise<string> => (await checkOf('backups arrive').check(here())).message
    expect(await named()).toContain('sets:')
    await school.backUp('full')
    expect(await named()).not.toContain('sets:')
    noticed.add('backups arrive')
  })

  it('queries that are slow, and indexes for nothing', async () => {
    const sleeper = new pg.Client({ connectionString: school.ownerUrl })
    await sleeper.connect()
    let slept: Promise<unknown> | undefined
    const found = await notices('slow queries', () => {
      slept = sleeper.query('select pg_sleep(3)')
    })
    expect(found.message).toContain('pg_sleep')
    await slept
    await sleeper.end()
    await school.ask('create index note_once on public.note (word)')
    await notices('indexes', () => school.ask('create index note_twice on public.note (word, id)'), {
      before: ['ok', 'note']
    })
    expect(await checkOf('indexes').check(here())).toMatchObject({ message: expect.stringContaining('note_once') })
  })

  it('a disk that will be full soon', async () => {
    await notices(
      'room to grow',
      async () => {
        await school.ask(`insert into platform.table_size values (current_date - 1, 'public.note', 1, 0)`)
        await school.ask(`insert into platform.table_size values (current_date, 'public.note', 1, 1125899906842624)`)
      },
      { before: ['ok', 'note'] }
    )
    expect(await checkOf('room to grow').check(here())).toMatchObject({
      message: expect.stringContaining('is full in 0 days')
    })
  })

  it('a certificate that ends soon', async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const serve = async (days: number): Promise<[ReturnType<typeof createServer>, Place]> => {
      execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'].concat([
          '-keyout',
          key,
          '-out',
          cert,
          '-days',
          String(days),
          '-subj',
          '/CN=localhost'
        ]),
        { stdio: 'ignore' }
      )
      const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) })
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
      const address = server.address()
      if (typeof address !== 'object' || address === null) throw new Error('no port')
      return [server, here({ PUBLIC_URL: `https://localhost:${address.port}` })]
    }
    const [young, well] = await serve(90)
    const [old, broken] = await serve(10)
    const found = await notices('certificate', () => undefined, { well, broken })
    expect(found).toMatchObject({ state: 'fault', message: expect.stringMatching(/^good for (?:9|10) days$/) })
    for (const server of [young, old]) server.close()
  })

  it('an audit log that was changed, and drills that failed or are due', async () => {
    const client = new pg.Client({ connectionString: school.ownerUrl })
    await client.connect()
    const drilled = (kind: string, verdict: string, at = new Date()) =>
      appendAudit(client, {
        at: at.toISOString(),
        actor: 'ada',
        action: `drill.${verdict}`,
        subject: kind,
        details: { why: verdict === 'failed' ? 'Restore: no room' : null, rpoSeconds: 20, rtoSeconds: 30, set: null }
      })
    expect(await checkOf('disaster drills').check(here())).toMatchObject({ state: 'note' })
    for (const kind of drillKinds) await drilled(kind, 'passed')
    await notices('disaster drills', () => drilled('everything-lost', 'failed'))
    expect(await checkOf('disaster drills').check(here())).toMatchObject({ state: 'fault' })
    await drilled('everything-lost', 'passed', new Date(Date.now() - 40 * 24 * 60 * 60_000))
    expect(await checkOf('disaster drills').check(here())).toMatchObject({
      state: 'note',
      message: 'everything-lost is long ago'
    })
    await notices('audit log', () =>
      client.query(
        `alter table platform.audit disable trigger user; update platform.audit set actor = 'ben' where seq = 2`
      )
    )
    await client.end()
  })

  it('security updates that wait', async () => {
    const programs = join(folder, 'programs')
    mkdirSync(programs)
    const says = (line: string): void => {
      writeFileSync(join(programs, 'apt-get'), `#!/bin/sh\necho '${line}'\n`)
      chmodSync(join(programs, 'apt-get'), 0o755)
    }
    vi.stubEnv('PATH', `${programs}:${process.env.PATH}`)
    says('Inst nano (1.2 Debian:12/stable)')
    const found = await notices('security updates', () => says('Inst openssl (3.0 Debian-Security:12/stable-security)'))
    expect(found).toMatchObject({ state: 'fault', message: '1 wait: openssl' })
  })

  it('settings that are wrong, and secrets that others may read', async () => {
    await notices('settings', () => undefined, { broken: { ...here(), faults: ['PORT is no number'] } })
    // As a copy of the template it is open to all.
    chmodSync(join(school.home, 'secrets'), 0o700)
    const well = here({
      TOKEN_SECRET: 'Vw3k9-one-good-secret-of-enough-words',
      FILE_SECRET: 'Qx7m2-another-good-secret-of-enough-words'
    })
    await notices('secrets', () => chmodSync(join(school.home, 'secrets', 'postgres-password'), 0o644), { well })
  })

  it('and none is on a list without', () => {
    expect(allOf.map(({ what }) => what).filter((what) => !noticed.has(what) && !ELSEWHERE.includes(what))).toEqual([])
    expect(new Set(allOf).size).toBe(allOf.length)
  })
})
