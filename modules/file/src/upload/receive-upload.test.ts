import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { TestPerson, TestSchool } from '@lyceum/server/testing'
import { Upload } from 'tus-js-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FileServer, idOf, startFileServer } from '../testing/file-server.ts'

let server: FileServer
beforeAll(async () => {
  server = await startFileServer({ MAX_FILE_MB: '900', TENANT_STORAGE_GB: '1' })
})
afterAll(() => server.close())

const tus = { 'tus-resumable': '1.0.0' }

const newTeacher = async () => {
  const school = await server.newSchool()
  return { school, ana: await school.person('teacher', 'ana') }
}

const announce = (school: TestSchool, person: TestPerson, size: number, name = 'a.bin') =>
  server.ask('/api/v1/uploads', school, person, {
    method: 'POST',
    headers: {
      ...tus,
      'upload-length': String(size),
      'upload-metadata': `filename ${Buffer.from(name).toString('base64')}`
    }
  })

const patch = (school: TestSchool, person: TestPerson, id: string, offset: number, bytes: Buffer) =>
  server.ask(`/api/v1/uploads/${id}`, school, person, {
    method: 'PATCH',
    headers: { ...tus, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
    body: new Uint8Array(bytes)
  })

const head = (school: TestSchool, person: TestPerson | null, id: string) =>
  server.ask(`/api/v1/uploads/${id}`, school, person, { method: 'HEAD', headers: tus })

/** Sends with the client that browsers use; `breakAt` cuts the connection once after that many bytes. */
const sendByClient = (school: TestSchool, person: TestPerson, bytes: Buffer, breakAt?: number): Promise<string> =>
  new Promise((resolve, reject) => {
    let broken = breakAt === undefined
    const upload = new Upload(Readable.from([bytes]), {
      endpoint: `${server.origin}/api/v1/uploads`,
      headers: { authorization: `Bearer ${person.token}`, 'x-lyceum-tenant': school.slug },
      metadata: { filename: 'лекция.bin', filetype: 'text/html' },
      uploadSize: bytes.length,
      chunkSize: 300_000,
      retryDelays: [10, 20, 50],
      onProgress: (sent) => {
        if (broken || sent < (breakAt ?? 0)) return
        broken = true
        void upload.abort().then(() => resumeFrom(upload.url ?? ''))
      },
      onSuccess: () => resolve(idOf(upload.url)),
      onError: reject
    })
    const resumeFrom = (uploadUrl: string) => {
      const again = new Upload(bytes, {
        uploadUrl,
        headers: { authorization: `Bearer ${person.token}`, 'x-lyceum-tenant': school.slug },
        retryDelays: [10, 20, 50],
        onSuccess: () => resolve(idOf(uploadUrl)),
        onError: reject
      })
      again.start()
    }
    upload.start()
  })

describe('an upload', () => {
  it('becomes a file with its digest, its sniffed type and its name', async () => {
    const { school, ana } = await newTeacher()
    const bytes = randomBytes(1_000_000)
    const id = await sendByClient(school, ana, bytes)
    const file = await ana.api.file.getFile({ fileId: id })
    expect(file).toMatchObject({
      id,
      name: 'лекция.bin',
      size: 1_000_000,
      mediaType: 'application/octet-stream',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      state: 'ready',
      reason: null
    })
    const { rows } = await server.owner.query(
      `select payload from platform.outbox where tenant_id = $1 and name = 'file.file-stored'`,
      [school.id]
    )
    expect(rows).toEqual([
      { payload: { fileId: id, name: 'лекция.bin', mediaType: 'application/octet-stream', size: 1_000_000 } }
    ])
    expect(await readdir(join(server.home, 'uploads'))).not.toContain(id)
  })

  it('goes on where it broke off', async () => {
    const { school, ana } = await newTeacher()
    const bytes = randomBytes(2_000_000)
    const id = await sendByClient(school, ana, bytes, 600_000)
    expect(await ana.api.file.getFile({ fileId: id })).toMatchObject({
      state: 'ready',
      sha256: createHash('sha256').update(bytes).digest('hex')
    })
  })

  it('may be empty', async () => {
    const { school, ana } = await newTeacher()
    const answer = await announce(school, ana, 0, 'empty.txt')
    expect(answer.status).toBe(201)
    expect(await ana.api.file.getFile({ fileId: idOf(answer.headers.get('location')) })).toMatchObject({
      state: 'ready',
      size: 0
    })
  })

  it('tells its end again to a sender who missed the answer, and takes no more', async () => {
    const { school, ana } = await newTeacher()
    const id = await server.sendFile('a.txt', 'hello', school, ana)
    const told = await head(school, ana, id)
    expect([told.status, told.headers.get('upload-offset'), told.headers.get('upload-length')]).toEqual([200, '5', '5'])
    const more = await patch(school, ana, id, 5, Buffer.from('!'))
    expect(more.status).toBe(409)
    expect(await more.json()).toMatchObject({ code: 'file.upload-finished' })
  })

  it('is nobody else’s: not another person’s, not another school’s, not anyone’s', async () => {
    const { school, ana } = await newTeacher()
    const id = idOf((await announce(school, ana, 10)).headers.get('location'))
    const boss = await school.person('administrator', 'boss')
    const other = await newTeacher()
    for (const [where, who] of [
      [school, boss],
      [other.school, other.ana]
    ] as const) {
      expect((await head(where, who, id)).status).toBe(404)
      expect((await patch(where, who, id, 0, Buffer.from('0123456789'))).status).toBe(404)
      const gone = await server.ask(`/api/v1/uploads/${id}`, where, who, { method: 'DELETE', headers: tus })
      expect(gone.status).toBe(404)
      expect(await gone.json()).toMatchObject({ code: 'file.not-found' })
    }
    expect((await head(school, null, id)).status).toBe(401)
    expect((await head(school, ana, 'no-id')).status).toBe(404)
    expect((await head(school, ana, '..%2f..%2fsecret')).status).toBe(404)
    expect((await patch(school, ana, id, 0, Buffer.from('0123456789'))).status).toBe(204)
  })

  it('keeps the protocol’s order: no gap, no overlap, no byte too many', async () => {
    const { school, ana } = await newTeacher()
    const id = idOf((await announce(school, ana, 10)).headers.get('location'))
    expect((await patch(school, ana, id, 5, Buffer.from('56789'))).status).toBe(409)
    expect((await patch(school, ana, id, 0, Buffer.from('0123456789X'))).status).toBe(413)
    const first = await patch(school, ana, id, 0, Buffer.from('01234'))
    expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '5'])
    expect(Date.parse(first.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now())
    expect((await ana.api.file.getFile({ fileId: id })).state).toBe('receiving')
    expect((await patch(school, ana, id, 5, Buffer.from('56789'))).status).toBe(204)
    expect((await ana.api.file.getFile({ fileId: id })).sha256).toBe(
      createHash('sha256').update('0123456789').digest('hex')
    )
  })

  it('survives the same piece sent many times at once', async () => {
    const { school, ana } = await newTeacher()
    const bytes = randomBytes(500_000)
    const id = idOf((await announce(school, ana, bytes.length)).headers.get('location'))
    const answers = await Promise.all(Array.from({ length: 6 }, () => patch(school, ana, id, 0, bytes)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses).toContain(204)
    expect(statuses.filter((status) => ![204, 409].includes(status))).toEqual([])
    expect((await ana.api.file.getFile({ fileId: id })).sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('can be given up, and is gone with everything it had reserved', async () => {
    const { school, ana } = await newTeacher()
    const boss = await school.person('administrator', 'boss')
    const id = idOf((await announce(school, ana, 1000)).headers.get('location'))
    await patch(school, ana, id, 0, Buffer.from('abc'))
    expect(await boss.api.file.getStorage({})).toMatchObject({ files: 1, bytes: 1000 })
    const gone = await server.ask(`/api/v1/uploads/${id}`, school, ana, { method: 'DELETE', headers: tus })
    expect(gone.status).toBe(204)
    expect((await head(school, ana, id)).status).toBe(404)
    expect(await boss.api.file.getStorage({})).toMatchObject({ files: 0, bytes: 0 })
    expect((await readdir(join(server.home, 'uploads'))).filter((name) => name.startsWith(id))).toEqual([])
  })

  it('says what the server can do', async () => {
    const { school } = await newTeacher()
    const answer = await server.ask('/api/v1/uploads', school, null, { method: 'OPTIONS' })
    expect(answer.headers.get('tus-extension')).toBe('creation,creation-with-upload,termination,expiration')
  })
})

describe('limits', () => {
  it('refuse a file that is too large before a byte of it is sent', async () => {
    const { school, ana } = await newTeacher()
    const answer = await announce(school, ana, 901 * 1024 ** 2)
    expect(answer.status).toBe(413)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ code: 'file.too-large' })
    expect((await announce(school, ana, 900 * 1024 ** 2)).status).toBe(201)
  })

  it('refuse what does not fit in the school any more, also when two come at once', async () => {
    const { school, ana } = await newTeacher()
    const answers = await Promise.all(Array.from({ length: 4 }, () => announce(school, ana, 400 * 1024 ** 2)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 507, 507])
    const refused = answers.find(({ status }) => status === 507)
    expect(await refused?.json()).toMatchObject({ code: 'file.school-full' })
    const boss = await school.person('administrator', 'boss')
    expect(await boss.api.file.getStorage({})).toEqual({
      files: 2,
      bytes: 800 * 1024 ** 2,
      limitBytes: 1024 ** 3,
      maxFileBytes: 900 * 1024 ** 2
    })
  })
})

describe('an upload nobody comes back to', () => {
  const runDueJobs = async () => {
    await server.owner.query('update graphile_worker._private_jobs set run_at = now()')
    await server.worker.drain()
  }

  it('is cleared away after a week; a finished one stays', async () => {
    const { school, ana } = await newTeacher()
    const id = idOf((await announce(school, ana, 1000)).headers.get('location'))
    await patch(school, ana, id, 0, Buffer.from('abc'))
    const kept = await server.sendFile('kept.txt', 'kept', school, ana)
    const { rows } = await server.owner.query(
      `select round(extract(epoch from run_at - now()) / 86400)::int as days from graphile_worker.jobs where task_identifier = 'file.expire-upload' order by id desc limit 1`
    )
    expect(rows).toEqual([{ days: 7 }])
    await runDueJobs()
    expect((await head(school, ana, id)).status).toBe(404)
    expect((await readdir(join(server.home, 'uploads'))).filter((name) => name.startsWith(id))).toEqual([])
    expect((await ana.api.file.getFile({ fileId: kept })).state).toBe('ready')
  })
})
