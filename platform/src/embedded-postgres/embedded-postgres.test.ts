import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findBinaries } from './binaries.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

const silent = { info() {}, warn() {}, error() {} }

const ACTIVE_STATEMENTS =
  "select 1 from pg_stat_activity where state = 'active' and query like '%generate_series%' and pid <> pg_backend_pid()"

let root = ''
let template = ''
const running: EmbeddedPostgres[] = []
const holders: ChildProcess[] = []

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'embedded-postgres-'))
  await chmod(root, 0o755)
  // Creating a database takes more than a second: most tests begin with a copy of this one.
  template = join(root, 'template')
  const first = await startEmbeddedPostgres({ home: template, log: silent })
  await query(first.url, 'create table kept (word text)', "insert into kept values ('still here')")
  await first.stop()
}, 60_000)

afterEach(async () => {
  for (const holder of holders.splice(0)) holder.kill('SIGKILL')
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()))
})

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
})

describe('the embedded PostgreSQL', { timeout: 60_000 }, () => {
  it('starts with checksums, UTF-8 and scram, reachable through 127.0.0.1 alone', async () => {
    const { url } = await start(await homeWithData())
    const [settings] = await query(
      url,
      `select current_setting('data_checksums') as checksums, current_setting('server_encoding') as encoding,
        current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
        (select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolname = 'postgres') as scram,
        (select datlocprovider::text || datlocale from pg_database where datname = 'postgres') as locale,
        lower('ÀÉß') as lower`
    )
    expect(settings).toEqual({
      checksums: 'on',
      encoding: 'UTF8',
      addresses: '127.0.0.1',
      sockets: '',
      scram: true,
      locale: 'bC.UTF-8',
      lower: 'àéß'
    })
  })

  it('keeps the password readable by its owner alone and refuses another', async () => {
    const home = await homeWithData()
    const { url } = await start(home)
    const file = await stat(join(home, 'secrets', 'postgres-password'))
    expect(file.mode & 0o777).toBe(0o600)
    const wrong = new URL(url)
    wrong.password = 'guessed'
    await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/)
  })

  it('keeps data, port and password from one start to the next', async () => {
    const home = await homeWithData()
    const first = await start(home)
    await query(first.url, "insert into kept values ('and more')")
    await first.stop()
    await first.stop()
    const second = await start(home)
    expect(second.url).toBe(first.url)
    expect(await words(second)).toEqual(['and more', 'still here'])
  })

  it('takes another port when somebody else has the one of last time', async () => {
    const home = await homeWithData()
    const first = await start(home)
    await first.stop()
    const port = Number(new URL(first.url).port)
    const squatter = createServer().listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    const second = await start(home)
    squatter.close()
    expect(new URL(second.url).port).not.toBe(String(port))
    expect(await words(second)).toEqual(['still here'])
  })

  it('takes over the server that a process killed with SIGKILL left behind', async () => {
    const home = await homeWithData()
    const left = await killHolderOf(home)
    const adopted = await start(home)
    expect(adopted.pid).toBe(left.pid)
    expect(adopted.url).toBe(left.url)
    expect(await words(adopted)).toEqual(['still here'])
    await adopted.stop()
    expect(isRunning(left.pid)).toBe(false)
  })

  it('replaces a server left behind that runs with other settings', async () => {
    const home = await homeWithData()
    const left = await killHolderOf(home)
    const fresh = await start(home, { max_connections: '40' })
    expect(fresh.pid).not.toBe(left.pid)
    expect(await query(fresh.url, 'show max_connections')).toEqual([{ max_connections: '40' }])
    expect(isRunning(left.pid)).toBe(false)
  })

  it('replaces a server left behind that no longer answers', async () => {
    const home = await homeWithData()
    const left = await killHolderOf(home)
    process.kill(left.pid, 'SIGSTOP')
    const fresh = await start(home)
    expect(fresh.pid).not.toBe(left.pid)
    expect(await words(fresh)).toEqual(['still here'])
  })

  it('starts although postmaster.pid names a process that is no PostgreSQL', async () => {
    const home = await homeWithData()
    const bystander = spawn('sleep', ['60'])
    holders.push(bystander)
    await writeFile(
      join(home, 'postgres', 'postmaster.pid'),
      `${bystander.pid}\n${home}/postgres\n1\n5432\n\n\n\nready\n`
    )
    const postgres = await start(home)
    expect(await words(postgres)).toEqual(['still here'])
    expect(bystander.exitCode).toBeNull()
    expect(bystander.signalCode).toBeNull()
  })

  it.each(['started', 'taken over'])(
    'is started again on the same port when a server that it has %s is killed',
    async (how) => {
      const home = await homeWithData()
      if (how === 'taken over') await killHolderOf(home)
      const postgres = await start(home)
      const killed = postgres.pid
      process.kill(killed, 'SIGKILL')
      // A dying server may still answer for a moment.
      await expect.poll(() => postgres.pid, { timeout: 20_000 }).not.toBe(killed)
      await expect.poll(() => words(postgres).catch(() => []), { timeout: 20_000 }).toEqual(['still here'])
      await postgres.stop()
      expect(isRunning(postgres.pid)).toBe(false)
    }
  )

  it('is started again although a worker of the killed server is busy with a long statement', async () => {
    const postgres = await start(await homeWithData())
    const busy = query(postgres.url, 'select count(*) from generate_series(1, 4000000000)').catch(() => 'broken off')
    await expect.poll(() => query(postgres.url, ACTIVE_STATEMENTS)).toHaveLength(1)
    const killed = postgres.pid
    process.kill(killed, 'SIGKILL')
    expect(await busy).toBe('broken off')
    // A dying server may still answer for a moment.
    await expect.poll(() => postgres.pid, { timeout: 20_000 }).not.toBe(killed)
    await expect.poll(() => words(postgres).catch(() => []), { timeout: 20_000 }).toEqual(['still here'])
  })

  it('stops for good when asked while a killed server is being started again', async () => {
    const home = await homeWithData()
    const postgres = await start(home)
    process.kill(postgres.pid, 'SIGKILL')
    await sleep(150)
    await postgres.stop()
    expect(await query(postgres.url, 'select 1').catch(() => 'refused')).toBe('refused')
    await start(home)
  })

  it('lets one process alone hold a home and tells the other who does', async () => {
    const home = await homeWithData()
    const { holder } = await holdInAnotherProcess(home)
    await expect(startEmbeddedPostgres({ home, log: silent })).rejects.toMatchObject({
      code: 'embedded-postgres.home-in-use',
      message: expect.stringContaining(`process ${holder.pid}.`)
    })
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    await start(home)
  })

  it('lets exactly one of two starts at the same moment win', async () => {
    const home = await homeWithData()
    const starts = await Promise.allSettled([start(home), start(home)])
    expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('begins anew when a first start was killed half-way', async () => {
    const home = join(root, 'half-way')
    const { holder } = beginInAnotherProcess(home)
    await expect.poll(() => stagedFiles(home), { timeout: 20_000, interval: 5 }).toContain('global')
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect(await readdir(home)).not.toContain('postgres')
    const postgres = await start(home)
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect((await readdir(home)).filter((name) => name.includes('initialising'))).toEqual([])
  })

  it('sets a new password when the file was lost', async () => {
    const home = await homeWithData()
    await rm(join(home, 'secrets'), { recursive: true })
    expect(await words(await start(home))).toEqual(['still here'])
  })

  it('says what to do when the password is another one', async () => {
    const home = await homeWithData()
    await writeFile(join(home, 'secrets', 'postgres-password'), 'guessed')
    await expect(start(home)).rejects.toMatchObject({
      code: 'embedded-postgres.wrong-password',
      message: expect.stringContaining('Delete that file')
    })
  })

  it('names both versions when the data was written by another one', async () => {
    const home = await homeWithData()
    await writeFile(join(home, 'postgres', 'PG_VERSION'), '15\n')
    await expect(start(home)).rejects.toThrow(/written by PostgreSQL 15, but this release brings PostgreSQL 18/)
  })

  it('leaves a directory alone that is not empty and holds no database', async () => {
    const home = join(root, 'foreign')
    await mkdir(join(home, 'postgres'), { recursive: true })
    await writeFile(join(home, 'postgres', 'thesis.txt'), 'irreplaceable')
    await expect(start(home)).rejects.toMatchObject({ code: 'embedded-postgres.not-a-database' })
    expect(await readFile(join(home, 'postgres', 'thesis.txt'), 'utf8')).toBe('irreplaceable')
  })

  it("shows the last lines of the server's log when it does not start, and can be started afterwards", async () => {
    const home = await homeWithData()
    await expect(start(home, { no_such_setting: '1' })).rejects.toMatchObject({
      code: 'embedded-postgres.start-failed',
      message: expect.stringContaining('unrecognized configuration parameter "no_such_setting"')
    })
    await start(home)
  })

  it('sets a log aside that has grown large', async () => {
    const home = await homeWithData()
    await writeFile(join(home, 'logs', 'postgres.log'), 'x'.repeat(11 * 1024 * 1024))
    await start(home)
    expect((await stat(join(home, 'logs', 'postgres.log.1'))).size).toBe(11 * 1024 * 1024)
    expect((await stat(join(home, 'logs', 'postgres.log'))).size).toBeLessThan(100_000)
  })

  it.runIf(process.getuid?.() === 0)('runs for root below a directory that is closed to everybody else', async () => {
    const closed = join(root, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const home = join(closed, 'home')
    cpSync(template, home, { recursive: true })
    expect(await words(await start(home))).toEqual(['still here'])
  })

  it('says what to do on a platform without binaries', async () => {
    await expect(findBinaries('sunos', 'sparc')).rejects.toThrow(/not packaged for sunos-sparc.*DATABASE_URL/)
  })
})

let homes = 0

async function homeWithData(): Promise<string> {
  const home = join(root, `home-${++homes}`)
  cpSync(template, home, { recursive: true })
  await rm(join(home, 'postgres.port'))
  return home
}

async function start(home: string, settings: Record<string, string> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ home, log: silent, settings })
  running.push(postgres)
  return postgres
}

async function query(url: string, ...statements: string[]): Promise<object[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    let rows: object[] = []
    for (const statement of statements) rows = (await client.query<object>(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

async function words({ url }: EmbeddedPostgres): Promise<unknown[]> {
  const rows = await query(url, 'select word from kept order by word')
  return rows.map((row) => ('word' in row ? row.word : undefined))
}

function beginInAnotherProcess(home: string) {
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./embedded-postgres.ts', import.meta.url).href)}
    const log = { info() {}, warn() {}, error() {} }
    const { pid, url } = await startEmbeddedPostgres({ home: ${JSON.stringify(home)}, log })
    process.stdout.write(pid + ' ' + url)
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  holders.push(holder)
  return { holder }
}

async function holdInAnotherProcess(home: string) {
  const { holder } = beginInAnotherProcess(home)
  const [output] = await once(holder.stdout, 'data')
  const [pid, url] = String(output).split(' ')
  return { holder, pid: Number(pid), url }
}

async function killHolderOf(home: string) {
  const { holder, pid, url } = await holdInAnotherProcess(home)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  expect(isRunning(pid)).toBe(true)
  return { pid, url }
}

async function stagedFiles(home: string): Promise<string[]> {
  const names = await readdir(home).catch(() => [])
  const staging = names.find((name) => name.startsWith('postgres-initialising-'))
  return staging === undefined ? [] : readdir(join(home, staging, 'data')).catch(() => [])
}

function isRunning(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-p', String(pid), '-o', 'state='], { encoding: 'utf8' })
    return !state.startsWith('Z')
  } catch {
    return false
  }
}
