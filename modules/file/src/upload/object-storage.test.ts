import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestPerson, TestSchool } from '@lyceum/server/testing'
import { Upload } from 'tus-js-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ObjectStoreServer, startObjectStore } from '../../../../platform/src/storage/testing/object-stores.ts'
import { type FileServer, idOf, startFileServer } from '../testing/file-server.ts'

const tus = { 'tus-resumable': '1.0.0' }

describe.each(['s3', 'azure'] as const)('with files on %s', (kind) => {
  let store: ObjectStoreServer
  let server: FileServer
  /** Two processes without anything in common but database and object storage. */
  let origins: readonly string[]
  beforeAll(async () => {
    store = await startObjectStore(kind)
    server = await startFileServer(store.env)
    const other = await server.beside()
    origins = [server.origin, await other.app.listen({ port: 0, host: '127.0.0.1' })]
  })
  afterAll(async () => {
    await server.close()
    await store.close()
  })

  const newTeacher = async () => {
    const school = await server.newSchool()
    return { school, ana: await school.person('teacher', 'ana') }
  }
  const headersOf = (school: TestSchool, person: TestPerson) => ({
    'x-lyceum-tenant': school.slug,
    authorization: `Bearer ${person.token}`
  })
  const announce = async (school: TestSchool, ana: TestPerson, size: number) => {
    const headers = { ...tus, 'upload-length': String(size), 'upload-metadata': `filename ${btoa('film.bin')}` }
    const answer = await server.ask('/api/v1/uploads', school, ana, { method: 'POST', headers })
    return { id: idOf(answer.headers.get('location')), path: answer.headers.get('location') ?? '' }
  }
  const send = (origin: string, path: string, school: TestSchool, ana: TestPerson, offset: number, body: Uint8Array) =>
    fetch(new URL(path, origin), {
      method: 'PATCH',
      headers: {
        ...tus,
        ...headersOf(school, ana),
        'upload-offset': String(offset),
        'content-type': 'application/offset+octet-stream'
      },
      body: new Uint8Array(body)
    })
  const offsetAt = async (origin: string, path: string, school: TestSchool, ana: TestPerson) => {
    const headers = { ...tus, ...headersOf(school, ana) }
    const answer = await fetch(new URL(path, origin), { method: 'HEAD', headers })
    return answer.headers.get('upload-offset')
  }

  it('goes on with an upload in whichever process the next request comes to', { timeout: 60_000 }, async () => {
    const { school, ana } = await newTeacher()
    const bytes = randomBytes(10_500_000)
    let turn = 0
    const id = await new Promise<string>((resolve, reject) => {
      const upload: Upload = new Upload(bytes, {
        endpoint: `${origins[0]}/api/v1/uploads`,
        headers: headersOf(school, ana),
        metadata: { filename: 'film.bin' },
        chunkSize: 1_500_000,
        retryDelays: [50, 100, 200],
        onAfterResponse: () => {
          turn += 1
          upload.url = `${origins[turn % 2]}/api/v1/uploads/${idOf(upload.url)}`
        },
        onSuccess: () => resolve(idOf(upload.url)),
        onError: reject
      })
      upload.start()
    })
    const { sha256, state } = await ana.api.file.getFile({ fileId: id })
    expect([state, sha256]).toEqual(['ready', createHash('sha256').update(bytes).digest('hex')])
    expect(turn).toBeGreaterThan(7)
    expect(await store.store().list(`uploads/${id}/`)).toEqual([])
    for (const folder of ['uploads', 'passing'])
      expect(await readdir(join(server.home, folder)).catch(() => [])).toEqual([])
  })

  it('comes to the same end when two processes receive the same bytes at once', async () => {
    const { school, ana } = await newTeacher()
    const bytes = randomBytes(900_000)
    const { id, path } = await announce(school, ana, bytes.length)
    const pieces = [bytes.subarray(0, 500_000), bytes.subarray(0, 300_000)]
    await Promise.all(origins.map((origin, at) => send(origin, path, school, ana, 0, pieces[at] ?? bytes)))
    expect(await offsetAt(origins[1] ?? '', path, school, ana)).toBe('500000')
    expect((await send(origins[1] ?? '', path, school, ana, 500_000, bytes.subarray(500_000))).status).toBe(204)
    expect(await ana.api.file.getFile({ fileId: id })).toMatchObject({
      state: 'ready',
      sha256: createHash('sha256').update(bytes).digest('hex')
    })
    const late = await send(origins[0] ?? '', path, school, ana, 500_000, bytes.subarray(500_000))
    expect(await late.json()).toMatchObject({ code: 'file.upload-finished' })
  })

  it('keeps what arrived of an upload that broke off', async () => {
    const { school, ana } = await newTeacher()
    const bytes = randomBytes(3_000_000)
    const { id, path } = await announce(school, ana, bytes.length)
    const leaving = new AbortController()
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(bytes.subarray(0, 1_000_000))),
      pull: async () => {
        await new Promise((resolve) => setTimeout(resolve, 300))
        leaving.abort()
      }
    })
    const init = { body, duplex: 'half' as const, signal: leaving.signal }
    await expect(
      fetch(new URL(path, origins[0]), {
        method: 'PATCH',
        headers: {
          ...tus,
          ...headersOf(school, ana),
          'upload-offset': '0',
          'content-type': 'application/offset+octet-stream'
        },
        ...init
      })
    ).rejects.toThrow()
    await expect.poll(() => offsetAt(origins[1] ?? '', path, school, ana)).toBe('1000000')
    expect((await send(origins[1] ?? '', path, school, ana, 1_000_000, bytes.subarray(1_000_000))).status).toBe(204)
    expect(await ana.api.file.getFile({ fileId: id })).toMatchObject({ state: 'ready' })
  })

  it('tells senders and readers that storage is away, loses nothing and goes on', { timeout: 90_000 }, async () => {
    const { school, ana } = await newTeacher()
    const bytes = randomBytes(600_000)
    const { id, path } = await announce(school, ana, bytes.length)
    expect((await send(origins[0] ?? '', path, school, ana, 0, bytes.subarray(0, 300_000))).status).toBe(204)
    await store.kill()
    const refused = await send(origins[0] ?? '', path, school, ana, 300_000, bytes.subarray(300_000))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await refused.json()).toMatchObject({ code: 'storage.unavailable' })
    const health = await fetch(new URL('/api/health', server.origin))
    expect(await health.json()).toMatchObject({
      status: 'degraded',
      checks: { storage: { ok: false, message: expect.stringMatching(/does not answer|no answer/) } }
    })
    await store.start()
    expect(await offsetAt(origins[0] ?? '', path, school, ana)).toBe('300000')
    expect((await send(origins[0] ?? '', path, school, ana, 300_000, bytes.subarray(300_000))).status).toBe(204)
    expect(await ana.api.file.getFile({ fileId: id })).toMatchObject({ state: 'ready' })
  })

  it('clears away an upload that nobody came back to', async () => {
    const { school, ana } = await newTeacher()
    const { id, path } = await announce(school, ana, 1_000)
    await send(origins[0] ?? '', path, school, ana, 0, randomBytes(500))
    expect(await store.store().list(`uploads/${id}/`)).toHaveLength(2)
    const gone = await fetch(new URL(path, origins[1]), {
      method: 'DELETE',
      headers: { ...tus, ...headersOf(school, ana) }
    })
    expect(gone.status).toBe(204)
    expect(await store.store().list(`uploads/${id}/`)).toEqual([])
  })

  it('sends browsers to the store for downloads and pictures, and answers for what could act itself', async () => {
    const { school, ana } = await newTeacher()
    const download = async (name: string, bytes: string | Buffer, headers: Record<string, string> = {}) => {
      const { url } = await ana.api.file.getFile({ fileId: await server.sendFile(name, bytes, school, ana) })
      return server.ask(url ?? '', school, null, { headers, redirect: 'manual' })
    }
    const bytes = randomBytes(5_000)
    const sent = await download('лекция.bin', bytes, { range: 'bytes=100-199' })
    expect([sent.status, sent.headers.get('cache-control')]).toEqual([302, expect.stringContaining('private')])
    const range = await fetch(sent.headers.get('location') ?? '', { headers: { range: 'bytes=100-199' } })
    expect([range.status, range.headers.get('content-range')]).toEqual([206, 'bytes 100-199/5000'])
    expect(range.headers.get('content-disposition')).toMatch(/^attachment; .*filename\*=UTF-8''/)
    expect(Buffer.from(await range.arrayBuffer())).toEqual(bytes.subarray(100, 200))

    const page = await download('page.html', '<!doctype html><script>alert(1)</script>')
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining('sandbox')
    ])
    const picture = await download('a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>')
    expect(picture.status).toBe(200)
    const text = await download('a.txt', 'shown in a frame')
    expect([text.status, await text.text()]).toEqual([200, 'shown in a frame'])
  })
})
