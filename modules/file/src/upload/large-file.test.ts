import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FileServer, idOf, startFileServer } from '../testing/file-server.ts'

const MIB = 1024 ** 2
const TWO_GIB = 2048 * MIB

let server: FileServer
beforeAll(async () => {
  server = await startFileServer({ MAX_FILE_MB: '2048' })
})
afterAll(() => server.close())

/** Bytes of buffers that somebody still holds: what only waits for the garbage collector says nothing. */
function bytesHeld(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}
setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const newTeacher = async () => {
  const school = await server.newSchool()
  const ana = await school.person('teacher', 'ana')
  const headers = { 'x-lyceum-tenant': school.slug, authorization: `Bearer ${ana.token}`, 'tus-resumable': '1.0.0' }
  const announce = (size: number) =>
    fetch(new URL('/api/v1/uploads', server.origin), {
      method: 'POST',
      headers: { ...headers, 'upload-length': String(size), 'upload-metadata': `filename ${btoa('film.mp4')}` }
    })
  return { ana, announce, headers }
}

it('is refused by its announced size, with the limit in words, and taken up to that', async () => {
  const { ana, announce } = await newTeacher()
  const refused = await announce(TWO_GIB + 1)
  expect(refused.status).toBe(413)
  expect(await refused.json()).toMatchObject({ code: 'file.too-large', detail: expect.stringContaining('2048 MB') })
  const taken = await announce(TWO_GIB)
  expect(taken.status).toBe(201)
  expect(await ana.api.file.getFile({ fileId: idOf(taken.headers.get('location')) })).toMatchObject({
    size: TWO_GIB,
    state: 'receiving'
  })
})

it('passes through without being held in memory', { timeout: 180_000 }, async () => {
  const { ana, announce, headers } = await newTeacher()
  const size = 256 * MIB
  const location = (await announce(size)).headers.get('location') ?? ''
  const hash = createHash('sha256')
  let most = 0
  const before = bytesHeld()
  const bytes = Readable.from(
    (function* () {
      const piece = Buffer.alloc(MIB)
      for (let sent = 0; sent < size; sent += MIB) {
        piece.writeUInt32LE(sent)
        hash.update(piece)
        if (sent % (16 * MIB) === 0) most = Math.max(most, bytesHeld() - before)
        yield Buffer.from(piece)
      }
    })()
  )
  // This client sends no more than the other end takes.
  const sending = request(new URL(location, server.origin), {
    method: 'PATCH',
    headers: {
      ...headers,
      'upload-offset': '0',
      'content-length': size,
      'content-type': 'application/offset+octet-stream'
    }
  })
  const answered = once(sending, 'response')
  await pipeline(bytes, sending)
  const [{ statusCode }] = await answered
  expect(statusCode).toBe(204)
  expect(await ana.api.file.getFile({ fileId: idOf(location) })).toMatchObject({
    state: 'ready',
    size,
    sha256: hash.digest('hex')
  })
  // Both ends of the upload run in this process, and neither keeps what has passed.
  expect(most).toBeLessThan(size / 4)
})
