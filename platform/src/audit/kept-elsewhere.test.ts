import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inLines, readLines } from './audit-file.ts'
import { appendAudit, headOfAudit, readAudit } from './audit-log.ts'
import { type AuditRow, NO_HASH, seal, verifyChain } from './chain.ts'
import { addCheckpoint, readCheckpoints, signCheckpoint } from './checkpoint.ts'
import { notePending, pendingFile, takeOverPending } from './pending.ts'
import { isSignedBy, keyName, makeSigningKey, publicPem, readPublicPem, readSigningKey, signBytes } from './signing.ts'

const folder = mkdtempSync(join(tmpdir(), 'lyceum-audit-'))
const pair = readSigningKey(makeSigningKey())
const now = new Date('2027-01-01T00:00:00Z')
let server: TestServer
let client: pg.Client

beforeAll(async () => {
  server = await startTestServer()
  client = new pg.Client({ connectionString: server.owner.options.connectionString })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const entry = (subject: string) => ({
  at: now.toISOString(),
  actor: 'ada',
  action: 'secret.read',
  subject,
  details: {}
})

/** As somebody who owns the table and means it. */
async function tamper(sql: string): Promise<void> {
  await client.query('alter table platform.audit disable trigger user')
  await client.query(sql)
  await client.query('alter table platform.audit enable always trigger audit_is_only_added_to')
  await client.query('alter table platform.audit enable always trigger audit_is_never_emptied')
}

beforeEach(async () => {
  await tamper('truncate platform.audit')
  for (const subject of ['r1', 'r2', 'r3', 'r4']) await appendAudit(client, entry(subject))
})

describe('the table', () => {
  it.each([
    [`update platform.audit set actor = 'ben'`],
    ['delete from platform.audit where seq = 4'],
    ['truncate platform.audit']
  ])('refuses its owner, too: %s', async (sql) => {
    await expect(client.query(sql)).rejects.toThrow(/added to and never changed/)
    await client.query('set session_replication_role = replica')
    await expect(client.query(sql)).rejects.toThrow(/added to and never changed/)
    await client.query('reset session_replication_role')
    expect(verifyChain(await readAudit(client))).toEqual([])
  })
})

describe('checkpoints', () => {
  const heads = (file: string) =>
    new Map(readCheckpoints(file, [pair.publicKey]).good.map(({ entries, hash }) => [entries, hash]))
  async function keep(file: string): Promise<void> {
    const head = await headOfAudit(client)
    if (head) addCheckpoint(file, signCheckpoint(head, now, pair))
  }

  it('find that the end was cut off, by how much, and that a chain was made anew', async () => {
    const file = join(folder, 'cut.jsonl')
    await keep(file)
    await appendAudit(client, entry('r5'))
    await keep(file)
    expect(verifyChain(await readAudit(client), heads(file))).toEqual([])
    await tamper('delete from platform.audit where seq > 3')
    expect(verifyChain(await readAudit(client))).toEqual([])
    expect(verifyChain(await readAudit(client), heads(file))).toMatchObject([
      { seq: 4, fault: 'cut-off', message: 'rows 4 to 5 were there once and are missing at the end' }
    ])
    // Every row forged and sealed as it should be: the inside is without a fault.
    await tamper('truncate platform.audit')
    for (const subject of ['r1', 'forged', 'r3', 'r4', 'r5']) await appendAudit(client, entry(subject))
    expect(verifyChain(await readAudit(client))).toEqual([])
    expect(verifyChain(await readAudit(client), heads(file)).map(({ seq }) => seq)).toEqual([4, 5])
    await tamper('truncate platform.audit')
    expect(verifyChain(await readAudit(client), heads(file))).toMatchObject([{ seq: 1, fault: 'cut-off' }])
  })

  it('are no checkpoints any more when somebody changes them', async () => {
    const file = join(folder, 'changed.jsonl')
    await keep(file)
    const line = readFileSync(file, 'utf8')
    const other = signCheckpoint({ entries: 4, hash: 'a'.repeat(64) }, now, readSigningKey(makeSigningKey()))
    writeFileSync(
      file,
      [
        line.replace('"entries":4', '"entries":3'),
        line.replace('2027', '2026'),
        JSON.stringify(other),
        line.slice(0, 50),
        line
      ].join('\n')
    )
    const { good, faults } = readCheckpoints(file, [pair.publicKey])
    expect(good).toHaveLength(1)
    expect(faults.map((fault) => fault.replace(/^line (\d).*?jsonl /, '$1 '))).toEqual([
      '1 was changed: its signature does not fit',
      '2 was changed: its signature does not fit',
      `3 is signed with another key (${other.key}): name its public key with --key, if it was yours`,
      '4 is no checkpoint: it was changed, or written only in part'
    ])
  })

  it('are none where there is no file', () => {
    expect(readCheckpoints(join(folder, 'nowhere.jsonl'), [])).toEqual({ good: [], faults: [] })
  })
})

describe('an export', () => {
  const forged = (rows: readonly AuditRow[]): AuditRow[] => {
    let previous = NO_HASH
    return rows.map((row) => {
      const sealed = seal({ ...row, actor: 'ben' }, row.seq, previous)
      previous = sealed.hash
      return sealed
    })
  }

  it('is what was read, in whole or from an entry on', async () => {
    const rows = readLines(inLines(await readAudit(client)))
    expect(rows).toEqual(await readAudit(client))
    const part = rows.slice(2)
    expect(verifyChain(part, new Map(), part[0])).toEqual([])
    expect(verifyChain(part).map(({ seq }) => seq)).toEqual([1])
    expect(() => readLines(`${inLines(rows)}{"seq":`)).toThrow(/Line 5 is no entry/)
  })

  it.each<[string, (rows: AuditRow[]) => AuditRow[]]>([
    ['a changed entry', (rows) => rows.map((row) => (row.seq === 2 ? { ...row, actor: 'ben' } : row))],
    ['a missing entry', (rows) => rows.filter(({ seq }) => seq !== 2)],
    ['moved entries', (rows) => rows.toReversed()],
    ['a cut end', (rows) => rows.slice(0, 3)],
    ['a cut beginning', (rows) => rows.slice(1)],
    ['everything sealed anew', forged],
    ['one more entry', (rows) => [...rows, seal(entry('r9'), 5, rows[3]?.hash ?? '')]]
  ])('with a signature shows %s', async (_, change) => {
    const rows = await readAudit(client)
    const signature = signBytes(Buffer.from(inLines(rows)), pair)
    expect(isSignedBy(Buffer.from(inLines(rows)), signature, pair.publicKey)).toBe(true)
    expect(isSignedBy(Buffer.from(inLines(change(rows))), signature, pair.publicKey)).toBe(false)
  })

  it('is checked with openssl by whoever does not have Lyceum', async ({ skip }) => {
    if (spawnSync('openssl', ['version']).status !== 0) skip('openssl is not installed')
    const [file, sig, pem] = [join(folder, 'x.jsonl'), join(folder, 'x.sig'), join(folder, 'x.pem')]
    const text = inLines(await readAudit(client))
    writeFileSync(file, text)
    writeFileSync(sig, signBytes(Buffer.from(text), pair))
    writeFileSync(pem, publicPem(pair))
    // biome-ignore format: an option and its value belong together
    const check = ['pkeyutl', '-verify', '-pubin', '-inkey', pem, '-rawin', '-in', file, '-sigfile', sig]
    expect(execFileSync('openssl', check).toString()).toContain('Verified Successfully')
    appendFileSync(file, '\n')
    expect(spawnSync('openssl', check).status).not.toBe(0)
    expect(keyName(readPublicPem(readFileSync(pem, 'utf8')))).toBe(keyName(pair.publicKey))
  })

  it('is signed with an Ed25519 key and with nothing else', () => {
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    expect(keyName(readSigningKey(pem).publicKey)).toBe(keyName(pair.publicKey))
    expect(() => readSigningKey('not a key')).toThrow(/AUDIT_SIGNING_KEY is no Ed25519 private key/)
  })
})

describe('what was noted while the database was away', () => {
  const home = join(folder, 'home')
  const taking = `${pendingFile(home)}.taking`

  it('is taken over once, in its order and with who and when', async () => {
    notePending(home, { ...entry('TOKEN_SECRET'), actor: 'ben', details: { why: 'the database was away' } })
    notePending(home, entry('PIN_SECRET'))
    expect(await takeOverPending(client, home)).toBe(2)
    expect(await takeOverPending(client, home)).toBe(0)
    expect(existsSync(pendingFile(home))).toBe(false)
    const rows = await readAudit(client)
    expect(verifyChain(rows)).toEqual([])
    expect(rows.slice(4)).toMatchObject([
      {
        seq: 5,
        actor: 'ben',
        subject: 'TOKEN_SECRET',
        at: '2027-01-01T00:00:00.000Z',
        details: { why: 'the database was away' }
      },
      { seq: 6, actor: 'ada', subject: 'PIN_SECRET' }
    ])
  })

  it('is taken over once, also where somebody was killed while doing it', async () => {
    notePending(home, entry('TOKEN_SECRET'))
    notePending(home, entry('PIN_SECRET'))
    const noted = readFileSync(pendingFile(home), 'utf8')
    await takeOverPending(client, home)
    // Killed after the first two were added and before the file was gone; a third was noted since.
    writeFileSync(taking, noted)
    notePending(home, entry('FILE_SECRET'))
    expect(await takeOverPending(client, home)).toBe(1)
    expect((await readAudit(client)).map(({ subject }) => subject)).toEqual([
      'r1',
      'r2',
      'r3',
      'r4',
      'TOKEN_SECRET',
      'PIN_SECRET',
      'FILE_SECRET'
    ])
  })

  it('is kept as it is where it was written only in part', async () => {
    notePending(home, entry('TOKEN_SECRET'))
    appendFileSync(pendingFile(home), '{"id":"half')
    expect(await takeOverPending(client, home)).toBe(2)
    expect((await readAudit(client)).at(-1)).toMatchObject({
      action: 'audit.unreadable',
      details: { line: '{"id":"half' }
    })
  })

  it('is taken over by one of several that start together', async () => {
    for (const subject of ['a', 'b', 'c']) notePending(home, entry(subject))
    const clients = await Promise.all([server.owner.connect(), server.owner.connect()])
    await Promise.all(clients.map((one) => takeOverPending(one, home)))
    for (const one of clients) one.release()
    expect((await readAudit(client)).map(({ subject }) => subject).slice(4)).toEqual(['a', 'b', 'c'])
  })
})
