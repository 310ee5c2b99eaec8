import { createHash, randomBytes } from 'node:crypto'
import { get } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createDiskStorage } from '@lyceum/platform/disk-storage'
import type { TestPerson, TestSchool } from '@lyceum/server/testing'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FileServer, startFileServer } from '../testing/file-server.ts'

let server: FileServer
beforeAll(async () => {
  server = await startFileServer()
})
afterAll(() => server.close())

const newTeacher = async () => {
  const school = await server.newSchool()
  return { school, ana: await school.person('teacher', 'ana') }
}

/** Uploads, and answers the signed address. */
const publish = async (name: string, bytes: string | Buffer, given?: { school: TestSchool; ana: TestPerson }) => {
  const { school, ana } = given ?? (await newTeacher())
  const id = await server.sendFile(name, bytes, school, ana)
  const { url } = await ana.api.file.getFile({ fileId: id })
  return { id, url: url ?? '', school, ana }
}

const download = (url: string, school: TestSchool, headers: Record<string, string> = {}, method = 'GET') =>
  server.ask(url, school, null, { method, headers })

describe('a signed address', () => {
  it('gives the bytes to whoever holds it, and lets browsers keep them', async () => {
    const bytes = randomBytes(300_000)
    const { url, school } = await publish('film.bin', bytes)
    const answer = await download(url, school)
    expect(answer.status).toBe(200)
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
    const headers = Object.fromEntries(answer.headers)
    expect(headers).toMatchObject({
      'content-length': '300000',
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename=film.bin',
      etag: `"${createHash('sha256').update(bytes).digest('hex')}"`,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff'
    })
    const [, seconds] = /^private, max-age=(\d+), immutable$/.exec(headers['cache-control'] ?? '') ?? []
    expect(Number(seconds)).toBeGreaterThanOrEqual(4 * 3600 - 60)
    expect(Number(seconds)).toBeLessThanOrEqual(8 * 3600)
    const again = await download(url, school, { 'if-none-match': `W/"x", ${headers.etag}` })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const told = await download(url, school, {}, 'HEAD')
    expect([told.status, told.headers.get('content-length'), await told.text()]).toEqual([200, '300000', ''])
  })

  it('is the same until the window turns, then expires', async () => {
    const given = await newTeacher()
    const { id, url, school } = await publish('a.txt', 'hello', given)
    expect((await given.ana.api.file.getFile({ fileId: id })).url).toBe(url)
    server.clock.advance(8 * 3600 * 1000)
    const answer = await download(url, school)
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ code: 'file.address-expired' })
  })

  it('is refused when anything of it was changed', async () => {
    const { id, url, school } = await publish('a.txt', 'hello')
    const other = await publish('b.txt', 'other', { school, ana: await school.person('teacher', 'bea') })
    const later = url.replace(/expires=(\d+)/, (_, expires) => `expires=${Number(expires) + 1}`)
    for (const changed of [
      later,
      url.replace(/signature=./, 'signature=_'),
      url.replace(/&signature=.*/, ''),
      url.replace(/\?.*/, ''),
      url.replace(id, other.id)
    ]) {
      const answer = await download(changed, school)
      expect([changed, answer.status]).toEqual([changed, 403])
    }
  })

  it('shows no other school that the file exists', async () => {
    const { id, url, school } = await publish('a.txt', 'hello')
    const other = await newTeacher()
    expect((await download(url, other.school)).status).toBe(404)
    await expect(other.ana.api.file.getFile({ fileId: id })).rejects.toMatchObject({ code: 'file.not-found' })
    await expect(other.ana.api.file.deleteFile({ fileId: id })).rejects.toMatchObject({ code: 'file.not-found' })
    expect((await download(url.replace(id, 'nothing'), school)).status).toBe(404)
  })
})

describe('ranges', () => {
  it.each([
    ['bytes=0-4', 206, 'bytes 0-4/10', '01234'],
    ['bytes=7-', 206, 'bytes 7-9/10', '789'],
    ['bytes=-2', 206, 'bytes 8-9/10', '89'],
    ['bytes=5-500', 206, 'bytes 5-9/10', '56789'],
    ['bytes=10-', 416, 'bytes */10', ''],
    ['bytes=0-1,5-6', 200, null, '0123456789'],
    ['pages=1-2', 200, null, '0123456789'],
    ['bytes=x', 200, null, '0123456789']
  ])('answers %s with %i', async (range, status, contentRange, text) => {
    const { url, school } = await publish('digits.txt', '0123456789')
    const answer = await download(url, school, { range })
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
      status,
      contentRange,
      text
    ])
  })

  it('count only for the version the reader has', async () => {
    const { url, school } = await publish('digits.txt', '0123456789')
    const etag = (await download(url, school)).headers.get('etag') ?? ''
    expect((await download(url, school, { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206)
    expect((await download(url, school, { range: 'bytes=0-1', 'if-range': '"another"' })).status).toBe(200)
  })
})

it('survives readers who leave in the middle', async () => {
  const { url, school } = await publish('long.bin', randomBytes(3_000_000))
  await new Promise<void>((resolve) => {
    get(new URL(url, server.origin), { headers: { 'x-lyceum-tenant': school.slug } }, (answer) => {
      answer.once('data', () => {
        answer.destroy()
        resolve()
      })
    })
  })
  expect((await download(url, school, {}, 'HEAD')).status).toBe(200)
})

const svg = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`

it.each([
  ['photo.png', '<!DOCTYPE html><script>alert(1)</script>', 'text/html; charset=utf-8', 'attachment', true],
  ['acting.svg', svg('<script>alert(1)</script>'), 'image/svg+xml', 'attachment', true],
  ['drawing.svg', svg('<circle r="4"/>'), 'image/svg+xml', 'inline', true],
  ['feed.xml', '<?xml version="1.0"?><rss/>', 'application/xml', 'attachment', true],
  ['notes.txt', 'Привет', 'text/plain; charset=utf-8', 'inline', false],
  ['notes.md', '# Title', 'text/markdown; charset=utf-8', 'attachment', false],
  ['paper.pdf', '%PDF-1.7\n', 'application/pdf', 'inline', false]
])('shows %s only as far as it cannot act', async (name, bytes, type, disposition, sandboxed) => {
  const { url, school } = await publish(name, bytes)
  const { headers } = await download(url, school)
  expect(headers.get('content-type')).toBe(type)
  expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition};`))
  expect(headers.get('content-security-policy')?.startsWith('sandbox')).toBe(sandboxed)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

it('keeps names of all scripts, and cleans hostile ones', async () => {
  const { school, ana } = await newTeacher()
  const { url } = await publish('Конспект "1".md', 'x', { school, ana })
  expect((await download(url, school)).headers.get('content-disposition')).toBe(
    `attachment; filename="???????? _1_.md"; filename*=UTF-8''%D0%9A%D0%BE%D0%BD%D1%81%D0%BF%D0%B5%D0%BA%D1%82%20_1_.md`
  )
  const hostile = await publish('../../x\r\nSet-Cookie: a=b\u202Egpj.exe', 'x', { school, ana })
  expect(await ana.api.file.getFile({ fileId: hostile.id })).toMatchObject({ name: 'xSet-Cookie_ a=bgpj.exe' })
  const long = await publish(`${'щ'.repeat(300)}.txt`, 'x', { school, ana })
  expect((await download(long.url, school)).status).toBe(200)
})

describe('pictures', () => {
  const photo = (width: number, height: number, orientation?: number) => {
    const picture = sharp({ create: { width, height, channels: 3, background: 'teal' } }).jpeg()
    return (orientation ? picture.withMetadata({ orientation }) : picture).toBuffer()
  }

  it('are turned upright, made smaller once, and tell nothing about where they were taken', async () => {
    const { id, url, school, ana } = await publish('photo.jpg', await photo(1600, 800, 6))
    expect(await ana.api.file.getFile({ fileId: id })).toMatchObject({
      mediaType: 'image/jpeg',
      width: 800,
      height: 1600
    })
    const answers = await Promise.all([1, 2, 3].map(() => download(`${url}&variant=w320`, school)))
    for (const answer of answers) {
      expect(answer.headers.get('content-type')).toBe('image/webp')
      const bytes = Buffer.from(await answer.arrayBuffer())
      const { width, height, orientation, exif, format } = await sharp(bytes).metadata()
      expect({ width, height, orientation, exif, format }).toEqual({
        width: 320,
        height: 640,
        orientation: undefined,
        exif: undefined,
        format: 'webp'
      })
      expect(answer.headers.get('etag')).toBe(`"${createHash('sha256').update(bytes).digest('hex')}"`)
    }
    const { rows } = await server.owner.query('select variant from file.rendition where tenant_id = $1', [school.id])
    expect(rows).toEqual([{ variant: 'w320' }])
    const odd = await download(`${url}&variant=w99`, school)
    expect([odd.status, await odd.json()]).toMatchObject([400, { code: 'file.variant-unknown' }])
  })

  it('are served as they are when they are animated, broken or a bomb', async () => {
    const frame = await sharp({ create: { width: 8, height: 16, channels: 3, background: 'red' } })
      .gif()
      .toBuffer()
    const animated = await sharp(
      await sharp([frame, await sharp(frame).negate().gif().toBuffer()], { join: { animated: true } })
        .gif()
        .toBuffer(),
      {
        animated: true
      }
    )
      .gif()
      .toBuffer()
    const broken = (await photo(400, 400)).subarray(0, 500)
    const bomb = await sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: 'black' } })
      .png({ compressionLevel: 9 })
      .toBuffer()
    expect(bomb.length).toBeLessThan(2_000_000)
    for (const [name, bytes] of [
      ['moving.gif', animated],
      ['broken.jpg', broken],
      ['bomb.png', bomb]
    ] as const) {
      const { url, school } = await publish(name, bytes)
      const answer = await download(`${url}&variant=w640`, school)
      expect([name, answer.status]).toEqual([name, 200])
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true)
      const { rows } = await server.owner.query('select key from file.rendition where tenant_id = $1', [school.id])
      expect(rows).toEqual([{ key: null }])
    }
  })
})

describe('who may look at a file by its id', () => {
  it('is whoever uploaded it, and people who make courses or run the school', async () => {
    const school = await server.newSchool()
    const [lea, leo, ana, boss] = await Promise.all([
      school.person('learner', 'lea'),
      school.person('learner', 'leo'),
      school.person('teacher', 'ana'),
      school.person('administrator', 'boss')
    ])
    const id = await server.sendFile('essay.txt', 'mine', school, lea)
    for (const person of [lea, ana, boss])
      expect((await person.api.file.getFile({ fileId: id })).name).toBe('essay.txt')
    await expect(leo.api.file.getFile({ fileId: id })).rejects.toMatchObject({ status: 404 })
    await expect(ana.api.file.deleteFile({ fileId: id })).rejects.toMatchObject({ status: 404 })
    await boss.api.file.deleteFile({ fileId: id })
    await expect(lea.api.file.getFile({ fileId: id })).rejects.toMatchObject({ status: 404 })
  })
})

it('removes bytes a day after the last file that has them', async () => {
  const { school, ana } = await newTeacher()
  const storage = createDiskStorage({ folder: join(server.home, 'files') })
  const bytes = await sharp({ create: { width: 500, height: 500, channels: 3, background: 'blue' } })
    .png()
    .toBuffer()
  const one = await publish('one.png', bytes, { school, ana })
  const two = await publish('two.png', bytes, { school, ana })
  expect((await download(`${two.url}&variant=w320`, school)).headers.get('content-type')).toBe('image/webp')
  const key = `${school.id}/${createHash('sha256').update(bytes).digest('hex')}`
  const { rows } = await server.owner.query('select key from file.rendition where tenant_id = $1', [school.id])
  const made: string = rows[0].key
  const runDueJobs = async () => {
    await server.owner.query(
      `update graphile_worker._private_jobs set run_at = now() where task_id = (select id from graphile_worker._private_tasks where identifier = 'file.remove-bytes')`
    )
    await server.worker.drain()
  }

  await ana.api.file.deleteFile({ fileId: one.id })
  expect((await download(one.url, school)).status).toBe(404)
  await runDueJobs()
  expect((await buffer(await storage.read(key))).equals(bytes)).toBe(true)
  expect((await download(two.url, school)).status).toBe(200)

  await ana.api.file.deleteFile({ fileId: two.id })
  expect(await storage.size(key)).toBe(bytes.length)
  await runDueJobs()
  await expect(storage.size(key)).rejects.toMatchObject({ code: 'storage.object-missing' })
  await expect(storage.size(made)).rejects.toMatchObject({ code: 'storage.object-missing' })
})

describe('other modules', () => {
  it('register bytes they put in storage, describe and locate them', async () => {
    const { school, ana } = await newTeacher()
    const storage = createDiskStorage({ folder: join(server.home, 'files') })
    const stored = await storage.put(school.id, Readable.from(['<!doctype html><p>hi']))
    const file = { id: crypto.randomUUID(), name: 'a/b/page.png', ...stored }
    const caller = {
      tenantId: school.id,
      userId: ana.id,
      name: 'Ana',
      role: 'teacher',
      permissions: [],
      signInId: null,
      internal: true
    }
    const request = { id: '', address: '', userAgent: '', origin: '', refreshCookie: null, providerCookie: null }
    const { asking } = server.runtime.runner('course', { caller, request })
    const { fileContract } = await import('../contract.ts')
    const files = asking.call(fileContract)
    const registered = await files.registerFiles({ files: [{ ...file, size: 1 }] })
    expect(registered.files).toMatchObject([{ name: 'page.png', mediaType: 'text/html', size: 20, state: 'ready' }])
    expect(await files.registerFiles({ files: [file] })).toEqual(registered)
    expect(await files.describeFiles({ fileIds: [file.id, crypto.randomUUID()] })).toEqual(registered)
    expect(await files.locateFile({ fileId: file.id })).toMatchObject({ key: stored.key, uploadedBy: ana.id })
    const other = await server.newSchool()
    const foreign = await storage.put(other.id, Readable.from(['theirs']))
    await expect(
      files.registerFiles({ files: [{ ...foreign, id: crypto.randomUUID(), name: 'x' }] })
    ).rejects.toMatchObject({ code: 'file.key-foreign' })
    await expect(
      files.registerFiles({
        files: [
          { id: crypto.randomUUID(), name: 'x', key: `${school.id}/${'0'.repeat(64)}`, sha256: '0'.repeat(64), size: 1 }
        ]
      })
    ).rejects.toMatchObject({ code: 'storage.object-missing' })
  })
})
