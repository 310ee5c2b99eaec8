import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../id.ts'
import { createDiskStorage } from './disk-storage.ts'
import { createObjectStorage } from './object-storage.ts'
import type { Storage } from './storage.ts'
import { type ObjectStoreServer, startObjectStore } from './testing/object-stores.ts'

/** What every storage promises, whatever is behind it. */
describe.each(['disk', 's3', 'azure'] as const)('storage on %s', (kind) => {
  let server: ObjectStoreServer | undefined
  let folder: string
  let storage: Storage
  const tenantId = newId()

  beforeAll(async () => {
    if (kind !== 'disk') server = await startObjectStore(kind)
  })
  afterAll(() => server?.close())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lyceum-storage-'))
    storage = server
      ? createObjectStorage({ store: server.store(), folder: join(folder, 'passing'), direct: true, cdnUrl: null })
      : createDiskStorage({ folder: join(folder, 'objects') })
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const passing = async () => (kind === 'disk' ? [] : readdir(join(folder, 'passing')))

  it('keeps bytes under their digest and gives back all or a range', async () => {
    const bytes = randomBytes(200_000)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const stored = await storage.put(tenantId, Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]))
    expect(stored).toEqual({ key: `${tenantId}/${sha256}`, size: 200_000, sha256 })
    expect(await buffer(await storage.read(stored.key))).toEqual(bytes)
    expect(await buffer(await storage.read(stored.key, { start: 10, end: 19 }))).toEqual(bytes.subarray(10, 20))
    expect(await storage.size(stored.key)).toBe(200_000)
    expect(await storage.put(tenantId, Readable.from([bytes]))).toEqual(stored)
    expect(await passing()).toEqual([])
  })

  it('keeps nothing as nothing', async () => {
    const { key, size } = await storage.put(tenantId, Readable.from([]))
    expect([size, await storage.size(key), (await buffer(await storage.read(key))).length]).toEqual([0, 0, 0])
  })

  it('keeps what is large whole, by stream and by file', { timeout: 90_000 }, async () => {
    const path = join(folder, 'large')
    const hash = createHash('sha256')
    const file = await open(path, 'w')
    for (let piece = 0; piece < 21; piece++) {
      const bytes = randomBytes(1024 ** 2 + piece)
      hash.update(bytes)
      await file.write(bytes)
    }
    await file.close()
    const sha256 = hash.digest('hex')
    const whole = await readFile(path)
    const { key, size } = await storage.put(tenantId, Readable.from([whole]))
    expect([key, size]).toEqual([`${tenantId}/${sha256}`, whole.length])
    const other = newId()
    const adopted = await storage.adopt(other, path)
    expect(adopted).toEqual({ key: `${other}/${sha256}`, size: whole.length, sha256 })
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' })
    const copy = await storage.localCopy(adopted.key)
    expect((await readFile(copy.path)).equals(whole)).toBe(true)
    await copy.release()
    const start = 16 * 1024 ** 2 - 5
    expect(await buffer(await storage.read(key, { start, end: start + 9 }))).toEqual(whole.subarray(start, start + 10))
    expect(await passing()).toEqual([])
  })

  it('says what is missing, and deletes twice without a word', async () => {
    const { key } = await storage.put(tenantId, Readable.from([randomBytes(10)]))
    await storage.delete(key)
    for (const ask of [() => storage.read(key), () => storage.size(key), () => storage.localCopy(key)])
      await expect(ask()).rejects.toMatchObject({ code: 'storage.object-missing' })
    await storage.delete(key)
  })

  it('takes a key for nothing but a key', async () => {
    await writeFile(join(folder, 'secret'), 'secret')
    for (const key of ['../secret', `${tenantId}/../../secret`, `${tenantId}/${'A'.repeat(64)}`, '', 'health'])
      await expect(storage.read(key)).rejects.toMatchObject({ code: 'storage.object-missing' })
    await expect(storage.put('../..', Readable.from(['x']))).rejects.toMatchObject({ code: 'storage.object-missing' })
  })

  it('refuses more than it may take and leaves nothing of it, or of what broke off', async () => {
    await expect(storage.put(tenantId, Readable.from(['12345', '6']), { maxBytes: 5 })).rejects.toMatchObject({
      code: 'storage.object-too-large'
    })
    const breaking = Readable.from(
      (async function* () {
        yield randomBytes(100_000)
        throw new Error('the sender went away')
      })()
    )
    await expect(storage.put(tenantId, breaking)).rejects.toThrow('went away')
    expect(await passing()).toEqual([])
    await storage.put(tenantId, Readable.from(['12345']), { maxBytes: 5 })
  })

  it('is well', async () => {
    await storage.check()
    await storage.check()
  })

  it('gives browsers an address with ranges, where it can, the same for everybody of a time', async () => {
    const bytes = randomBytes(1_000)
    const { key } = await storage.put(tenantId, Readable.from([bytes]))
    const now = Date.now()
    const shown = {
      size: 1_000,
      contentType: 'video/mp4',
      contentDisposition: `attachment; filename="film.mp4"; filename*=UTF-8''%D0%BB.mp4`,
      cacheControl: 'private, max-age=60',
      from: new Date(Math.floor(now / 1000) * 1000 - 60_000),
      until: new Date(Math.floor(now / 1000) * 1000 + 3_600_000)
    }
    const address = await storage.address(key, shown)
    if (kind === 'disk') return expect(address).toBeNull()
    expect(await storage.address(key, shown)).toBe(address)
    const answer = await fetch(address ?? '', { headers: { range: 'bytes=10-19' } })
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-range': 'bytes 10-19/1000',
      'content-type': 'video/mp4',
      'content-disposition': shown.contentDisposition,
      'cache-control': shown.cacheControl
    })
    expect([answer.status, Buffer.from(await answer.arrayBuffer())]).toEqual([206, bytes.subarray(10, 20)])
    // The emulator of S3 is open to anyone who does not sign at all.
    if (kind === 'azure') expect((await fetch((address ?? '').replace(/\?.*/, ''))).ok).toBe(false)
    const late = { ...shown, from: new Date(now - 7_200_000), until: new Date(now - 3_600_000) }
    expect((await fetch((await storage.address(key, late)) ?? '')).status).toBe(403)
  })
})

describe.each(['s3', 'azure'] as const)('when %s fails', (kind) => {
  let server: ObjectStoreServer
  let folder: string
  beforeAll(async () => {
    server = await startObjectStore(kind)
    folder = await mkdtemp(join(tmpdir(), 'lyceum-storage-'))
  })
  afterAll(async () => {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })
  const over = (wrong?: 'bucket' | 'credentials', cdnUrl: string | null = null) =>
    createObjectStorage({ store: server.store(wrong), folder, direct: true, cdnUrl })
  const tenantId = newId()

  it.each(['credentials', 'bucket'] as const)(
    'names wrong %s in health and refuses everything else with the same',
    async (wrong) => {
      const storage = over(wrong)
      const words = {
        code: 'storage.refused',
        cause: expect.objectContaining({
          message: expect.stringMatching(wrong === 'bucket' ? /elsewhere .*does not exist/ : /Check (?:S3|AZURE)_/)
        })
      }
      await expect(storage.check()).rejects.toMatchObject(words)
      await expect(storage.put(tenantId, Readable.from(['x']))).rejects.toMatchObject({ code: 'storage.refused' })
      expect(await readdir(folder)).toEqual([])
    }
  )

  it('says in seconds that nobody answers, and works again by itself', { timeout: 60_000 }, async () => {
    const storage = over()
    const { key } = await storage.put(tenantId, Readable.from(['hello']))
    await server.kill()
    for (const ask of [
      () => storage.read(key),
      () => storage.put(tenantId, Readable.from(['new'])),
      () => storage.check()
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'storage.unavailable', detail: { retryAfter: 5 } })
    expect(await readdir(folder)).toEqual([])
    await server.start()
    expect((await buffer(await storage.read(key))).toString()).toBe('hello')
    await storage.check()
  })

  it('waits out a store that is away for a moment', { timeout: 60_000 }, async () => {
    const storage = over()
    const { key } = await storage.put(tenantId, Readable.from(['brief']))
    await server.kill()
    const [read] = await Promise.allSettled([storage.read(key).then(buffer), server.start()])
    // Where starting took longer than the attempts, it is at least said so.
    if (read.status === 'rejected') expect(read.reason).toMatchObject({ code: 'storage.unavailable' })
    else expect(read.value.toString()).toBe('brief')
  })

  // The emulator of Azure does not end while somebody reads, and forgets everything when it is killed.
  if (kind === 's3')
    it('says the same when it goes away in the middle of an object', { timeout: 60_000 }, async () => {
      const storage = over()
      const { key } = await storage.put(tenantId, Readable.from([randomBytes(30 * 1024 ** 2)]))
      const reading = await storage.read(key)
      await once(reading, 'readable')
      const [read] = await Promise.allSettled([buffer(reading), server.kill()])
      expect(read).toMatchObject({ status: 'rejected', reason: { code: 'storage.unavailable' } })
      await server.start()
      expect((await buffer(await storage.read(key))).length).toBe(30 * 1024 ** 2)
    })

  it('gives nobody an object that was cut or changed, and mends it when the bytes come again', async () => {
    const bytes = randomBytes(50_000)
    const { key, sha256 } = await over().put(tenantId, Readable.from([bytes]))
    const name = `objects/${tenantId}/${sha256.slice(0, 2)}/${sha256}`
    const changed = Buffer.from(bytes)
    changed.writeUInt8(255 - changed.readUInt8(7), 7)
    for (const damaged of [bytes.subarray(0, 30_000), changed]) {
      await server.store().putBytes(name, damaged)
      const storage = over()
      await expect(buffer(await storage.read(key))).rejects.toMatchObject({ code: 'storage.object-damaged' })
      await expect(storage.localCopy(key)).rejects.toMatchObject({ code: 'storage.object-damaged' })
      expect(await readdir(folder)).toEqual([])
    }
    await server.store().putBytes(name, bytes.subarray(0, 30_000))
    const storage = over()
    for (const start of [25_000, 40_000])
      await expect(storage.read(key, { start, end: start + 9_999 })).rejects.toMatchObject({
        code: 'storage.object-damaged'
      })
    const when = { from: new Date(), until: new Date(Date.now() + 60_000) }
    const shown = { size: 50_000, contentType: 'a/b', contentDisposition: 'inline', cacheControl: 'private', ...when }
    await expect(storage.address(key, shown)).rejects.toMatchObject({ code: 'storage.object-damaged' })
    await storage.put(tenantId, Readable.from([bytes]))
    expect(await buffer(await storage.read(key))).toEqual(bytes)
  })

  it('sends browsers through the network in front of it', async () => {
    const storage = over(undefined, 'https://files.example.test/')
    const { key } = await storage.put(tenantId, Readable.from(['cdn']))
    const when = { from: new Date(), until: new Date(Date.now() + 60_000) }
    const shown = { size: 3, contentType: 'a/b', contentDisposition: 'inline', cacheControl: 'private', ...when }
    const direct = new URL((await over().address(key, { ...shown, cacheControl: 'public' })) ?? '')
    expect(await storage.address(key, shown)).toBe(`https://files.example.test${direct.pathname}${direct.search}`)
  })
})
