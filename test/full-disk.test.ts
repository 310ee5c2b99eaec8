import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, statfsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readConfig } from '@lyceum/platform/config'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { mountSmallDisk, NEEDS_ROOT, type SmallDisk } from '@lyceum/server/testing/small-disk'
import pg from 'pg'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diskSpace } from '../apps/cli/src/checks/disk-space.ts'
import { recreateTemplate } from '../apps/server/src/testing/global-setup.ts'
import { zipOf } from '../modules/course/src/course-import/course-fixture.ts'

const probe = mountSmallDisk(1)
probe?.unmount()
if (!probe) process.stderr.write(`Tests of a full disk are skipped: ${NEEDS_ROOT}.\n`)

const mount = (megabytes: number): SmallDisk => {
  const disk = mountSmallDisk(megabytes)
  if (!disk) throw new Error(NEEDS_ROOT)
  return disk
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

describe.skipIf(!probe)('a full disk under the files', () => {
  let server: TestServer
  let school: TestSchool
  let teacher: TestPerson
  let origin: string
  let disk: SmallDisk
  const home = () => join(disk.folder, 'home')

  beforeAll(async () => {
    disk = mount(24)
    mkdirSync(home())
    server = await startTestServer({ home: home() })
    origin = await server.app.listen({ port: 0, host: '127.0.0.1' })
    school = await server.newSchool()
    teacher = await school.person('teacher', 'tomas')
  })
  afterAll(async () => {
    await server.close()
    disk.unmount()
  })

  const ask = (path: string, method: string, headers: Record<string, string> = {}, body?: Buffer) =>
    fetch(new URL(path, origin), {
      method,
      headers: {
        'x-lyceum-tenant': school.slug,
        authorization: `Bearer ${teacher.token}`,
        'tus-resumable': '1.0.0',
        ...headers
      },
      ...(body ? { body: new Uint8Array(body) } : {})
    })
  const announce = (size: number, name: string) =>
    ask('/api/v1/uploads', 'POST', {
      'upload-length': String(size),
      'upload-metadata': `filename ${Buffer.from(name).toString('base64')}`
    })
  const sendFrom = (path: string, offset: number, bytes: Buffer) =>
    ask(path, 'PATCH', { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }, bytes)
  const offsetOf = async (path: string) => Number((await ask(path, 'HEAD')).headers.get('upload-offset'))
  const upload = async (name: string, bytes: Buffer): Promise<string> => {
    const path = (await announce(bytes.length, name)).headers.get('location') ?? ''
    expect((await sendFrom(path, 0, bytes)).status).toBe(204)
    return path.split('/').at(-1) ?? ''
  }
  const isFull = async (answer: Response) => {
    expect(answer.status).toBe(507)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await answer.json()).toMatchObject({
      code: 'storage.full',
      status: 507,
      detail: expect.stringContaining('lyceum doctor')
    })
  }

  it('says so to an upload, which goes on where it was when there is room', async () => {
    const bytes = randomBytes(6 * 1024 * 1024)
    const path = (await announce(bytes.length, 'film.bin')).headers.get('location') ?? ''
    expect((await sendFrom(path, 0, bytes.subarray(0, 1024 * 1024))).status).toBe(204)
    disk.fill()
    await isFull(await sendFrom(path, 1024 * 1024, bytes.subarray(1024 * 1024)))
    // What is announced now leaves nothing behind, neither a file nor a row that counts.
    await isFull(await announce(1000, 'other.bin'))
    const { rows } = await server.owner.query(
      'select name, state from file.file where tenant_id = $1 and deleted_at is null',
      [school.id]
    )
    expect(rows).toEqual([{ name: 'film.bin', state: 'receiving' }])
    expect(filesIn(join(home(), 'files'))).toEqual([])

    disk.free()
    const offset = await offsetOf(path)
    expect(offset).toBeGreaterThanOrEqual(1024 * 1024)
    expect(offset).toBeLessThan(bytes.length)
    expect((await sendFrom(path, offset, bytes.subarray(offset))).status).toBe(204)
    const fileId = path.split('/').at(-1) ?? ''
    expect(await teacher.api.file.getFile({ fileId })).toMatchObject({
      state: 'ready',
      sha256: createHash('sha256').update(bytes).digest('hex')
    })
    await teacher.api.file.deleteFile({ fileId })
  })

  it('is what `lyceum doctor` warns of before it happens', async () => {
    const finding = await diskSpace.check({ config: readConfig({}), home: home(), faults: [] })
    expect(finding).toMatchObject({ state: 'fault', message: expect.stringContaining('GiB free') })
  })

  it('is no reason to miss a picture', async () => {
    const noise = { create: { width: 1600, height: 900, channels: 3, background: 'teal' } } as const
    const picture = await sharp(noise).jpeg().toBuffer()
    const fileId = await upload('sea.jpg', picture)
    const { url } = await teacher.api.file.getFile({ fileId })
    const smaller = () => ask(`${url}&variant=w320`, 'GET')
    disk.fill()
    const whole = await smaller()
    expect(whole.status).toBe(200)
    expect(whole.headers.get('content-type')).toBe('image/jpeg')
    expect(Buffer.from(await whole.arrayBuffer()).equals(picture)).toBe(true)
    disk.free()
    expect((await smaller()).headers.get('content-type')).toBe('image/webp')
  })

  it('delays the import of a course, which says why and is made whole when there is room', async () => {
    const zip = await zipOf({ 'one.md': '# One\n\n![noise](noise.bin)', 'noise.bin': randomBytes(2 * 1024 * 1024) })
    const fileId = await upload('course.zip', await readFile(zip))
    const before = filesIn(join(home(), 'files'))
    disk.fill()
    const { id: importId } = await teacher.api.course.createCourseImport({ fileId })
    expect(await teacher.api.course.getCourseImport({ importId })).toMatchObject({
      state: 'waiting',
      courseId: null,
      error: { code: 'storage.full', message: expect.stringContaining('disk space') }
    })
    expect((await teacher.api.course.listCourses({})).entries).toEqual([])
    expect(filesIn(join(home(), 'files'))).toEqual(before)

    disk.free()
    await server.owner.query('update graphile_worker._private_jobs set run_at = now()')
    await server.worker.drain()
    expect(await teacher.api.course.getCourseImport({ importId })).toMatchObject({ state: 'done', error: null })
    expect((await teacher.api.course.listCourses({})).entries).toHaveLength(1)
  })
})

describe.skipIf(!probe)('a full disk under the database', () => {
  let postgres: EmbeddedPostgres
  let disk: SmallDisk
  let server: TestServer
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

  beforeAll(async () => {
    disk = mount(600)
    postgres = await startEmbeddedPostgres({ home: disk.folder, log: quiet })
    await recreateTemplate(postgres.url)
    server = await startTestServer({ databaseServer: postgres.url })
  }, 120_000)
  afterAll(async () => {
    disk.free()
    await server.close()
    await postgres.stop()
    disk.unmount()
  })

  it('is called that, stops nothing for good, and takes nothing back that was acknowledged', {
    timeout: 120_000
  }, async () => {
    const school = await server.newSchool()
    const teacher = await school.person('teacher', 'tomas')
    const titles: string[] = []
    const write = async (title: string): Promise<number> => {
      const answer = await server.app.inject({
        method: 'POST',
        url: '/api/v1/courses',
        headers: { host: school.host, authorization: `Bearer ${teacher.token}` },
        // Text that does not compress, so that the disk is needed.
        payload: { title, description: randomBytes(4_000).toString('base64') }
      })
      if (answer.statusCode === 201) titles.push(title)
      else expect(answer.headers['content-type']).toContain('application/problem+json')
      return answer.statusCode
    }
    const ready = async () => (await server.app.inject({ url: '/api/v1/ready' })).statusCode
    const read = async () =>
      (await server.owner.query<{ title: string }>('select title from course.course where tenant_id = $1', [school.id]))
        .rows
    for (let count = 0; count < 20; count++) expect(await write(`before ${count}`)).toBe(201)

    disk.fill()
    const answers = new Set<number>()
    for (let count = 0; count < 400 && !answers.has(507); count++) answers.add(await write(`full ${count}`))
    answers.delete(201)
    expect([...answers]).toEqual([507])
    // Who only reads notices nothing.
    await teacher.api.course.listCourses({})

    await exhaustLog(postgres.url)
    await expect.poll(ready, { timeout: 20_000 }).toBe(503)
    expect((await server.app.inject({ url: '/health' })).statusCode).toBe(200)
    expect(await write('while it is away')).toBe(503)

    expect(statfsSync(disk.folder).bavail).toBeLessThan((16 * 1024 * 1024) / 4096)
    disk.free()
    await expect.poll(ready, { timeout: 60_000 }).toBe(200)
    const kept = new Set((await read()).map(({ title }) => title))
    expect(titles.filter((title) => !kept.has(title))).toEqual([])
    expect(kept.has('while it is away')).toBe(false)
    expect(await write('after')).toBe(201)
  })
})

/** Writes to the log alone until PostgreSQL can go no further and ends itself. */
async function exhaustLog(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    for (let count = 0; count < 400; count++)
      await client.query(`select pg_logical_emit_message(true, 'test', repeat(md5(random()::text), 32000))`)
  } catch {
    return
  } finally {
    await client.end().catch(() => undefined)
  }
  throw new Error('The log still had room')
}
