import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'

let server: TestServer
let school: TestSchool
let teacher: TestPerson
beforeAll(async () => {
  server = await startTestServer()
  school = await server.newSchool()
  teacher = await school.person('teacher', 'tomas')
  for (let count = 0; count < 12; count++) await teacher.api.course.createCourse({ title: `Course ${count}` })
})
afterAll(() => server.close())

const ask = (url: string, encodings?: string) =>
  server.app.inject({
    url,
    headers: {
      host: school.host,
      authorization: `Bearer ${teacher.token}`,
      ...(encodings === undefined ? {} : { 'accept-encoding': encodings })
    }
  })

it('are smaller for browsers, and the same', async () => {
  const plain = await ask('/api/v1/courses')
  expect(plain.headers['content-encoding']).toBeUndefined()
  for (const [encodings, encoding, decode] of [
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync]
  ] as const) {
    const answer = await ask('/api/v1/courses', encodings)
    expect(answer.headers).toMatchObject({
      'content-encoding': encoding,
      vary: expect.stringMatching(/accept-encoding/i)
    })
    expect(answer.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3)
    expect(JSON.parse(decode(answer.rawPayload).toString())).toEqual(plain.json())
  }
})

it('stay as they are where that gains nothing', async () => {
  const { headers, body } = await ask('/api/v1/me', 'gzip, br')
  expect(body.length).toBeLessThan(1024)
  expect(headers['content-encoding']).toBeUndefined()
})
