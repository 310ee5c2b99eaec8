import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { verifyChain } from '@lyceum/platform/audit-chain'
import { readAudit } from '@lyceum/platform/audit-log'
import { PASSWORDS, TEMPLATE } from '@lyceum/server/testing/global-setup'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { startKeyVaultServer } from '../../../../platform/src/secrets/testing/key-vault-server.ts'

const BIN = fileURLToPath(new URL('../../bin/lyceum.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'lyceum-secrets-cli-'))
const database = `lyceum_secrets_${randomUUID().slice(0, 8)}`
let owner: pg.Client
let databaseUrl = ''
let home = ''

beforeAll(async () => {
  await onServer(`create database ${database} template ${TEMPLATE}`)
  const url = new URL(inject('ownerUrl'))
  url.pathname = `/${database}`
  databaseUrl = url.href
  owner = new pg.Client({ connectionString: databaseUrl })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await onServer(`drop database ${database} with (force)`)
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  home = mkdtempSync(join(folder, 'home-'))
})

async function onServer(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject('ownerUrl') })
  await admin.connect()
  await admin.query(sql).finally(() => admin.end())
}

interface Run {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

async function run(args: readonly string[], { env = {}, input = '' }: Run = {}) {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      NO_COLOR: '1',
      LYCEUM_HOME: home,
      DATABASE_URL: databaseUrl,
      DATABASE_APP_PASSWORD: PASSWORDS.app,
      DATABASE_JOBS_PASSWORD: PASSWORDS.jobs,
      ...env
    },
    stdio: ['pipe', 'pipe', 'pipe']
  })
  child.stdin.end(input)
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { exit, out, err, all: out + err }
}

const written = async () => (await readAudit(owner)).map(({ action, subject, details }) => [action, subject, details])
const secretIn = (name: string) => readFileSync(join(home, 'secrets', name), 'utf8').trim()

describe('lyceum secrets', { timeout: 300_000 }, () => {
  it('sets, lists and prints one, having written down before who did', async () => {
    const value = 'smtp://mailer:correct-horse-battery@mail.example.org'
    const set = await run(['secrets', 'set', 'smtp-url', '--by', 'ada', '--json'], { input: `${value}\n` })
    expect(JSON.parse(set.out)).toMatchObject({ name: 'SMTP_URL', place: join(home, 'secrets'), since: null })
    const list = await run(['secrets', 'ls'])
    expect(list.out).toMatch(/SMTP_URL +home +0 d +mail/)
    expect(list.all).not.toContain('correct-horse')
    const get = await run(['secrets', 'get', 'SMTP_URL', '--show'])
    expect(get.out).toBe(`${value}\n`)
    expect((await run(['secrets', 'get', 'SMTP_URL'])).exit).toBe(64)
    const rows = await readAudit(owner)
    expect(rows.slice(-2)).toMatchObject([
      { action: 'secret.set', subject: 'SMTP_URL', actor: 'ada', details: { source: 'home' } },
      { action: 'secret.read', subject: 'SMTP_URL' }
    ])
    expect(JSON.stringify(rows)).not.toContain('correct-horse')
    const shown = await run(['config', 'show', '--json'])
    expect(JSON.parse(shown.out).SMTP_URL).toBe('[set]')
  })

  it('refuses what would not be accepted at a start, without repeating it', async () => {
    const before = (await written()).length
    for (const [name, input] of [
      ['SMTP_URL', 'no-address-but-secret'],
      ['TOKEN_SECRET', 'short-but-secret'],
      ['SMTP_URL', '']
    ] as const) {
      const { exit, all } = await run(['secrets', 'set', name], { input })
      expect(exit).toBe(64)
      expect(all).not.toContain('but-secret')
    }
    expect((await run(['secrets', 'get', 'PORT', '--show'])).exit).toBe(64)
    expect(await written()).toHaveLength(before)
    expect(existsSync(join(home, 'secrets'))).toBe(false)
  })

  it('mends settings that a start refuses', async () => {
    const env = { LYCEUM_ENV: 'production', PUBLIC_URL: 'https://hill.example.org', SMTP_URL: 'smtp://mail' }
    expect((await run(['config', 'check'], { env })).all).toContain('TOKEN_SECRET is required')
    for (const name of ['TOKEN_SECRET', 'FILE_SECRET', 'PIN_SECRET'])
      expect(await run(['secrets', 'rotate', name], { env })).toMatchObject({ exit: 0 })
    expect(await run(['config', 'check'], { env })).toMatchObject({ exit: 0 })
  })

  it('exchanges one with the one before beside it, from a moment on that every process will know', async () => {
    await run(['secrets', 'rotate', 'TOKEN_SECRET'])
    const first = secretIn('token-secret')
    expect(existsSync(join(home, 'secrets/token-secret-previous'))).toBe(false)
    // Later, so that it is not too soon.
    writeFileSync(join(home, 'secrets/token-secret-since'), '2026-01-01T00:00:00.000Z')
    const { out } = await run(['secrets', 'rotate', 'TOKEN_SECRET', '--json'])
    const { rotated } = JSON.parse(out)
    expect(Date.parse(rotated[0].since)).toBeGreaterThan(Date.now() + 10_000)
    expect(secretIn('token-secret-previous')).toBe(first)
    expect(secretIn('token-secret')).not.toBe(first)
    expect(secretIn('token-secret-since')).toBe(rotated[0].since)
    const soon = await run(['secrets', 'rotate', 'TOKEN_SECRET'])
    expect([soon.exit, soon.err]).toEqual([3, expect.stringContaining('Wait until then; where it has leaked')])
    const leaked = await run(['secrets', 'rotate', 'TOKEN_SECRET', '--leaked', '--reason', 'was pasted into a ticket'])
    expect(leaked.exit).toBe(0)
    expect(existsSync(join(home, 'secrets/token-secret-previous'))).toBe(false)
    expect((await written()).at(-1)).toEqual([
      'secret.rotated',
      'TOKEN_SECRET',
      { source: 'home', leaked: true, why: 'was pasted into a ticket' }
    ])
  })

  it('exchanges all that are due, and says why one is not', async () => {
    const env = { FILE_SECRET: 'stands in the environment, where nobody changes it' }
    for (const name of ['PIN_SECRET', 'TOKEN_SECRET', 'SERVICE_SECRET_KEY'])
      await run(['secrets', 'rotate', name], { env })
    for (const name of ['pin-secret', 'token-secret'])
      writeFileSync(join(home, `secrets/${name}-since`), '2020-01-01T00:00:00.000Z')
    const listed = JSON.parse((await run(['secrets', 'ls', '--json'], { env })).out).secrets
    expect(listed.filter(({ due }: { due: boolean }) => due).map(({ name }: { name: string }) => name)).toEqual([
      'TOKEN_SECRET',
      'PIN_SECRET'
    ])
    const done = JSON.parse((await run(['secrets', 'rotate', '--all-due', '--json'], { env })).out)
    expect(done.rotated.map(({ name }: { name: string }) => name)).toEqual(['TOKEN_SECRET', 'PIN_SECRET'])
    expect((await run(['secrets', 'rotate', '--all-due'], { env })).out).toContain('None is due.')
    const elsewhere = await run(['secrets', 'rotate', 'FILE_SECRET'], { env })
    expect([elsewhere.exit, elsewhere.err]).toEqual([3, expect.stringContaining('comes from the environment')])
    const foreign = await run(['secrets', 'rotate', 'SMTP_URL'])
    expect([foreign.exit, foreign.err]).toEqual([3, expect.stringContaining('lyceum secrets set SMTP_URL')])
  })

  it('does nothing that it cannot write down, unless somebody says why; and that is written down later', async () => {
    const env = { DATABASE_URL: 'postgres://lyceum:the-password-of-the-owner@127.0.0.1:1/none' }
    const refused = await run(['secrets', 'rotate', 'PIN_SECRET'], { env })
    expect(refused.exit).toBe(3)
    expect(refused.err).toContain('so nothing was done')
    expect(refused.all).not.toContain('the-password-of-the-owner')
    expect(existsSync(join(home, 'secrets/pin-secret'))).toBe(false)
    const args = ['secrets', 'rotate', 'PIN_SECRET', '--without-audit']
    expect((await run([...args, '--reason', 'short'], { env })).exit).toBe(64)
    expect((await run([...args, '--reason', 'the database is away'], { env })).exit).toBe(0)
    expect(statSync(join(home, 'audit-pending.jsonl')).mode & 0o777).toBe(0o600)
    await run(['secrets', 'rotate', 'FILE_SECRET'])
    expect(existsSync(join(home, 'audit-pending.jsonl'))).toBe(false)
    const rows = await readAudit(owner)
    expect(rows.slice(-2)).toMatchObject([
      { action: 'secret.rotated', subject: 'PIN_SECRET', details: { withoutAudit: true, why: 'the database is away' } },
      { action: 'secret.rotated', subject: 'FILE_SECRET' }
    ])
    expect(verifyChain(rows)).toEqual([])
  })

  it('makes what a new installation needs', async () => {
    const made = JSON.parse((await run(['secrets', 'generate', '--json'])).out)
    expect(Object.keys(made)).toEqual(
      expect.arrayContaining(['TOKEN_SECRET', 'SERVICE_SECRET_KEY', 'AUDIT_SIGNING_KEY'])
    )
    expect(new Set(Object.values(made)).size).toBe(Object.keys(made).length)
    const env = { AUDIT_SIGNING_KEY: made.AUDIT_SIGNING_KEY }
    expect((await run(['audit', 'key'], { env })).out).toContain('BEGIN PUBLIC KEY')
  })
})

describe('Azure Key Vault', { timeout: 300_000 }, () => {
  it('is set, listed, exchanged and read as a managed identity, and says what an identity lacks', async () => {
    const vault = await startKeyVaultServer()
    try {
      const env = { ...vault.environment, SECRETS_FROM: 'azure-key-vault', AZURE_KEY_VAULT_URL: vault.url }
      const set = await run(['secrets', 'set', 'SMTP_URL'], { env, input: 'smtp://mailer:hidden-words@mail' })
      expect(set).toMatchObject({ exit: 0, err: '' })
      expect(vault.secrets.get('SMTP-URL')?.value).toBe('smtp://mailer:hidden-words@mail')
      await run(['secrets', 'rotate', 'PIN_SECRET'], { env })
      const first = vault.secrets.get('PIN-SECRET')?.value
      // Removed once and needed again: the name is not taken.
      for (const how of [['--leaked'], [], ['--leaked']])
        expect(await run(['secrets', 'rotate', 'PIN_SECRET', ...how], { env })).toMatchObject({ exit: 0 })
      expect(vault.secrets.get('PIN-SECRET')?.value).not.toBe(first)
      expect(vault.secrets.get('PIN-SECRET-PREVIOUS')).toMatchObject({ value: 'removed', enabled: false })
      const { secrets } = JSON.parse((await run(['secrets', 'ls', '--json'], { env })).out)
      expect(secrets).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ name: 'SMTP_URL', source: 'azure-key-vault', ageDays: 0 }),
          expect.objectContaining({ name: 'PIN_SECRET', source: 'azure-key-vault' })
        ])
      )
      expect((await run(['secrets', 'get', 'PIN_SECRET', '--show'], { env })).out.trim()).toBe(
        vault.secrets.get('PIN-SECRET')?.value
      )
      vault.refuse(true)
      const refused = await run(['config', 'check'], { env })
      expect(refused.exit).toBe(1)
      expect(refused.err).toMatch(/refuses this identity \(403.*Give it the rights Get and List/)
      expect(refused.all).not.toContain('token-of-the-managed-identity')
    } finally {
      await vault.close()
    }
    const away = await run(['config', 'check'], {
      env: {
        ...vault.environment,
        SECRETS_FROM: 'azure-key-vault',
        AZURE_KEY_VAULT_URL: vault.url,
        NODE_EXTRA_CA_CERTS: ''
      }
    })
    expect(away.err).toMatch(/Key Vault .* does not answer .*Check AZURE_KEY_VAULT_URL/)
  })
})

describe('lyceum audit', { timeout: 300_000 }, () => {
  it('exports signed, verifies without a database, and finds a cut end by what is kept elsewhere', async () => {
    for (const name of ['TOKEN_SECRET', 'PIN_SECRET', 'FILE_SECRET']) await run(['secrets', 'rotate', name])
    const whole = await run(['audit', 'verify', '-o', 'json'])
    const found = JSON.parse(whole.out)
    expect(found).toMatchObject({ ok: true, anchors: 3, faults: [] })
    expect((await run(['audit', 'export', 'all.jsonl', '--sign'])).exit).toBe(0)
    expect(readdirSync(home)).toEqual(expect.arrayContaining(['all.jsonl', 'all.jsonl.sig', 'audit-checkpoints.jsonl']))
    writeFileSync(join(home, 'key.pem'), (await run(['audit', 'key'])).out)

    const far = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', LYCEUM_HOME: join(home, 'another') }
    const check = ['audit', 'verify', '--file', 'all.jsonl', '--key', 'key.pem']
    expect((await run(check, { env: far })).out).toContain('The signature fits.')
    const text = readFileSync(join(home, 'all.jsonl'), 'utf8')
    writeFileSync(join(home, 'all.jsonl'), text.replace(/[^\n]*\n$/, ''))
    const cut = await run(check, { env: far })
    expect([cut.exit, cut.out]).toEqual([1, expect.stringContaining('all.jsonl.sig does not fit all.jsonl')])
    writeFileSync(join(home, 'all.jsonl'), text)

    const since = await run(['audit', 'export', '--since', String(found.entries)])
    expect(since.out.split('\n')).toHaveLength(2)
    expect((await run(['audit', 'export', '--since', 'yesterday'])).exit).toBe(64)

    const [seq, hash] = found.head.split(':')
    await owner.query('alter table platform.audit disable trigger user')
    await owner.query('delete from platform.audit where seq = $1', [seq])
    await owner.query('alter table platform.audit enable always trigger audit_is_only_added_to')
    const said = `rows ${seq} to ${seq} were there once and are missing at the end`
    expect((await run(['audit', 'verify'])).out).toContain(said)
    // Whoever cuts the end off cuts the checkpoints off, too; not what lies elsewhere.
    rmSync(join(home, 'audit-checkpoints.jsonl'))
    expect((await run(['audit', 'verify'])).out).toContain('whether the end was cut off cannot be told')
    for (const elsewhere of [
      ['--against', 'all.jsonl'],
      ['--head', `${seq}:${hash}`]
    ]) {
      const { exit, out } = await run(['audit', 'verify', ...elsewhere])
      expect([exit, out]).toEqual([1, expect.stringContaining(said)])
    }
    appendFileSync(join(home, 'audit-checkpoints.jsonl'), 'scribble\n')
    expect((await run(['audit', 'verify'])).out).toContain('is no checkpoint')
  })
})
