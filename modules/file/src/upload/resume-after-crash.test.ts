import { type ChildProcess, fork } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createDiskStorage } from '@lyceum/platform/disk-storage'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { Upload } from 'tus-js-client'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { idOf } from '../testing/file-server.ts'

/** A process that can be killed like any other, over the database of the test server. */
const SERVER = `
import { readConfig } from '@lyceum/platform/config'
import { createLog } from '@lyceum/platform/log'
import { systemClock } from '@lyceum/platform/clock'
import { oneKey } from '@lyceum/platform/keys'
import { compose } from ${JSON.stringify(join(import.meta.dirname, '../../../../apps/server/src/compose.ts'))}
const { home, url, port, person } = JSON.parse(process.argv[2])
const config = readConfig({ LYCEUM_HOME: home, LOG_LEVEL: 'silent' })
const log = createLog({ level: 'silent', release: 'test', secrets: () => [] })
const key = oneKey('a secret of the crashing server, long enough')
const { app, users } = await compose({
  config, home, clock: systemClock, log, appUrl: url, listenUrl: url, jobsUrl: url,
  keys: { token: key, file: key, pin: key }
})
const token = await users.tokens.issue(person, new Date())
process.send({ origin: await app.listen({ port, host: '127.0.0.1' }), token })
`

interface Running {
  readonly process: ChildProcess
  readonly origin: string
  readonly token: string
}

let server: TestServer
let school: TestSchool
let ana: TestPerson
let home: string
const running: ChildProcess[] = []

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lyceum-crash-'))
  school = await server.newSchool()
  ana = await school.person('teacher', 'ana')
})
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  await rm(home, { recursive: true, force: true })
})

async function startProcess(port = 0): Promise<Running> {
  const script = join(import.meta.dirname, `crashing-server-${process.pid}.tmp.ts`)
  await writeFile(script, SERVER)
  const person = {
    tenantId: school.id,
    userId: ana.id,
    signInId: crypto.randomUUID(),
    name: 'Ana',
    role: 'teacher',
    operator: false
  }
  const url = server.owner.options.connectionString
  const child = fork(script, [JSON.stringify({ home, url, port, person })], { execArgv: [] })
  running.push(child)
  const [{ origin, token }] = await once(child, 'message')
  await rm(script)
  return { process: child, origin, token }
}

const headersOf = ({ token }: Running) => ({ authorization: `Bearer ${token}`, 'x-lyceum-tenant': school.slug })

it('goes on after kill -9 of the server in the middle of an upload', { timeout: 90_000 }, async () => {
  const first = await startProcess()
  const port = Number(new URL(first.origin).port)
  const bytes = randomBytes(4_000_000)
  const slowly = Readable.from(
    (async function* () {
      for (let at = 0; at < bytes.length; at += 100_000) {
        yield bytes.subarray(at, at + 100_000)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })()
  )
  let killed = false
  const id = await new Promise<string>((resolve, reject) => {
    const upload: Upload = new Upload(slowly, {
      endpoint: `${first.origin}/api/v1/uploads`,
      headers: headersOf(first),
      metadata: { filename: 'film.bin' },
      uploadSize: bytes.length,
      chunkSize: 500_000,
      retryDelays: Array.from({ length: 40 }, () => 250),
      onProgress: (sent) => {
        if (killed || sent < 1_700_000) return
        killed = true
        first.process.kill('SIGKILL')
        void startProcess(port)
      },
      onSuccess: () => resolve(idOf(upload.url)),
      onError: reject
    })
    upload.start()
  })
  expect(killed).toBe(true)
  expect(await ana.api.file.getFile({ fileId: id })).toMatchObject({
    state: 'ready',
    sha256: createHash('sha256').update(bytes).digest('hex')
  })
})

const tus = { 'tus-resumable': '1.0.0' }

async function announce(at: Running, size: number): Promise<string> {
  const answer = await fetch(`${at.origin}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...headersOf(at), ...tus, 'upload-length': String(size), 'upload-metadata': `filename ${btoa('a.bin')}` }
  })
  return idOf(answer.headers.get('location'))
}

const head = (at: Running, id: string) =>
  fetch(`${at.origin}/api/v1/uploads/${id}`, { method: 'HEAD', headers: { ...headersOf(at), ...tus } })

it('finishes when asked, if the process ended with all bytes there and nothing said', { timeout: 90_000 }, async () => {
  const at = await startProcess()
  const [before, between] = [await announce(at, 5), await announce(at, 6)]
  at.process.kill('SIGKILL')
  // One ended before its bytes had moved into storage, the other one between that and saying so.
  await writeFile(join(home, 'uploads', before), 'hello')
  await writeFile(join(home, 'uploads', between), 'world!')
  const storage = createDiskStorage({ folder: join(home, 'files') })
  const { key, sha256 } = await storage.adopt(school.id, join(home, 'uploads', between))
  await server.owner.query('update file.file set key = $1, sha256 = $2 where id = $3', [key, sha256, between])

  const again = await startProcess()
  expect((await head(again, before)).headers.get('upload-offset')).toBe('5')
  expect((await head(again, between)).headers.get('upload-offset')).toBe('6')
  expect(await ana.api.file.getFile({ fileId: before })).toMatchObject({ state: 'ready', size: 5 })
  expect(await ana.api.file.getFile({ fileId: between })).toMatchObject({ state: 'ready', sha256 })
  expect(await readdir(join(home, 'uploads'))).toEqual([])
})
