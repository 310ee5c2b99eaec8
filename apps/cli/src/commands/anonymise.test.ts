import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { readConfig } from '@lyceum/platform/config'
import { readCopyMark, setCopyState } from '@lyceum/platform/copy-mark'
import { createLog } from '@lyceum/platform/log'
import { prepareSurroundings } from '@lyceum/server/surroundings'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPlanted } from '../anonymise/testing/find-planted.ts'
import { type PlantedCopies, type PlantedCopy, startPlantedCopies } from '../anonymise/testing/planted-copies.ts'

const BIN = fileURLToPath(new URL('../../bin/lyceum.mjs', import.meta.url))
const started: ChildProcess[] = []
let copies: PlantedCopies
beforeAll(async () => {
  copies = await startPlantedCopies(6)
}, 120_000)
afterAll(async () => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL')
  await copies.close()
})

/** A copy to which nobody is connected: looked at by connections that come and go. */
async function alone(options?: { readonly marked?: boolean }): Promise<PlantedCopy> {
  const copy = await copies.copy(options)
  await copy.connection.end()
  return copy
}

async function look<Answer>({ url }: PlantedCopy, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function launch(
  { url, home }: PlantedCopy,
  env: Record<string, string> = {},
  args: readonly string[] = []
): ChildProcess {
  const child = spawn(process.execPath, [BIN, 'anonymise', '--database', url, '--home', home, '--json', ...args], {
    cwd: home,
    env: { PATH: process.env.PATH, NO_COLOR: '1', LYCEUM_ENV: 'staging', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  started.push(child)
  return child
}

async function command(
  copy: PlantedCopy,
  env: Record<string, string> = {}
): Promise<{ exit: number | null; out: { error?: { code: string; message: string } }; err: string }> {
  const child = launch(copy, env)
  if (!child.stdout || !child.stderr) throw new Error('no pipes')
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { exit, out: JSON.parse(out.split('\n')[0] || '{}'), err }
}

/** Kills the command when it says that it has come so far. */
async function killAt(copy: PlantedCopy, words: string): Promise<void> {
  const child = launch(copy)
  let err = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString()
    if (err.includes(words)) child.kill('SIGKILL')
  })
  child.stdout?.resume()
  await once(child, 'exit')
  expect(child.signalCode, err).toBe('SIGKILL')
}

const start = ({ url, home }: PlantedCopy, env: Record<string, string> = {}) =>
  prepareSurroundings(
    readConfig({ DATABASE_URL: url, LYCEUM_HOME: home, SMTP_URL: 'smtp://mail.example.org', ...env }),
    createLog({ level: 'silent', release: 'test', secrets: () => [] }),
    () => undefined
  )

const PRODUCTION = {
  LYCEUM_ENV: 'production',
  PUBLIC_URL: 'https://learn.example.org',
  TOKEN_SECRET: 'abcdefghijklmnopqrstuvwxyz-token-0123',
  FILE_SECRET: 'abcdefghijklmnopqrstuvwxyz-files-0123',
  PIN_SECRET: 'abcdefghijklmnopqrstuvwxyz-pins--0123',
  SMTP_URL: 'smtp://mail.example.org'
}

describe('lyceum anonymise refuses, with 3 and without touching anything,', () => {
  it.each([
    ['a database that nothing marks as a copy', { marked: false }, {}, 'anonymise.not-a-copy', undefined],
    ['a machine that is in production', {}, PRODUCTION, 'anonymise.production', undefined],
    ['a machine whose programs are in production', {}, { NODE_ENV: 'production' }, 'anonymise.production', undefined],
    [
      'files that nothing marks as a copy',
      {},
      {},
      'anonymise.files-not-a-copy',
      async ({ home }: PlantedCopy) => rmSync(join(home, 'files', '.lyceum-copy'))
    ],
    [
      'columns that nobody has said anything about',
      {},
      {},
      'anonymise.columns-unknown',
      (copy: PlantedCopy) => look(copy, (client) => client.query('alter table course.item add column nickname text'))
    ],
    [
      'a schema of another release',
      {},
      {},
      'anonymise.schema',
      (copy: PlantedCopy) =>
        look(copy, (client) =>
          client.query(`insert into public.lyceum_migration values ('course', '0099-later', 'x', 'expand', now())`)
        )
    ],
    [
      'a copy that was spoiled',
      {},
      {},
      'anonymise.spoiled',
      (copy: PlantedCopy) => look(copy, (client) => setCopyState(client, 'not-clean', new Date()))
    ]
  ] as const)('%s', async (_what, options, env, code, prepare) => {
    const copy = await alone(options)
    await prepare?.(copy)
    const before = await look(copy, readCopyMark)
    const { exit, out } = await command(copy, env)
    expect(out.error?.code).toBe(code)
    expect(out.error?.message).toMatch(/[Rr]estore|release/)
    expect(exit).toBe(3)
    expect(await look(copy, readCopyMark)).toEqual(before)
    expect((await look(copy, (client) => findPlanted(client, copy.storage, copies.plants))).length).toBeGreaterThan(100)
  })

  it('the database of this installation, which it names', async () => {
    const copy = await alone({ marked: false })
    const { exit, out } = await command(copy, { DATABASE_URL: copy.url })
    expect([exit, out.error?.message]).toEqual([3, expect.stringContaining('installation’s own')])
  })

  it('a database somebody is connected to, and says who', async () => {
    const copy = await alone()
    const client = new pg.Client({ connectionString: copy.url, application_name: 'lyceum dev' })
    await client.connect()
    const { exit, out } = await command(copy)
    await client.end()
    expect([exit, out.error]).toEqual([
      3,
      { code: 'anonymise.in-use', message: expect.stringContaining('lyceum dev (1)') }
    ])
  })
})

describe('a copy', () => {
  it('starts after a restore, without mail, and as a clean one not in production', async () => {
    const copy = await alone()
    expect((await start(copy)).surroundings.config.SMTP_URL).toBeNull()
    await look(copy, (client) => setCopyState(client, 'clean', new Date()))
    expect((await start(copy)).surroundings.config.SMTP_URL).toBeNull()
    await expect(start(copy, PRODUCTION)).rejects.toMatchObject({ code: 'copy.refused' })
    const original = await alone({ marked: false })
    expect((await start(original)).surroundings.config.SMTP_URL).toBe('smtp://mail.example.org')
  })

  it('that was killed half way does not start, and is finished by running it again', { timeout: 120_000 }, async () => {
    const copy = await alone()
    await killAt(copy, 'in place of rows')
    expect((await look(copy, readCopyMark))?.state).toBe('anonymising')
    await expect(start(copy)).rejects.toMatchObject({
      code: 'copy.refused',
      message: expect.stringContaining('lyceum anonymise again')
    })
    // The killed command's connection may take a moment to be noticed.
    await expect
      .poll(
        async () =>
          (
            await look(copy, (client) =>
              client.query(`select from pg_stat_activity where application_name = 'lyceum anonymise'`)
            )
          ).rowCount
      )
      .toBe(0)
    const { exit, out } = await command(copy)
    expect({ exit, out }).toMatchObject({ exit: 0, out: { findings: [] } })
    expect(await look(copy, (client) => findPlanted(client, copy.storage, copies.plants))).toEqual([])
    expect((await start(copy)).surroundings.config.SMTP_URL).toBeNull()
  })

  it('that was killed after its rows were replaced does not start, and has to be restored', {
    timeout: 120_000
  }, async () => {
    const copy = await alone()
    await killAt(copy, 'Clearing away')
    expect((await look(copy, readCopyMark))?.state).toBe('rewritten')
    await expect(start(copy)).rejects.toMatchObject({
      code: 'copy.refused',
      message: expect.stringContaining('restore it again')
    })
    await expect.poll(async () => (await command(copy)).out.error?.code, { timeout: 20_000 }).toBe('anonymise.spoiled')
  })
})
