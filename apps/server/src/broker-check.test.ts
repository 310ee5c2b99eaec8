import { once } from 'node:events'
import { createServer } from 'node:net'
import { freePort } from '@lyceum/platform/testing/free-port'
import { afterEach, expect, it } from 'vitest'
import { brokerFromOutside } from './broker-check.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

it('says that the broker is away and not where it should be, and asks seldom', async () => {
  const port = await freePort()
  const broker = brokerFromOutside({ RABBITMQ_URL: `amqp://lyceum:sesame@127.0.0.1:${port}/` })
  const fault = await broker.ask().catch((error: unknown) => String(error))
  expect(fault).toContain('ECONNREFUSED')
  expect(fault).not.toMatch(/127\.0\.0\.1|sesame/)

  let met = 0
  const door = createServer((socket) => {
    met++
    socket.on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(door, 'listening')
  const at = door.address()
  if (at === null || typeof at === 'string') throw new Error('no port')
  const there = brokerFromOutside({ RABBITMQ_URL: `amqp://127.0.0.1:${at.port}` })
  await Promise.all([there.ask(), there.ask(), there.ask()])
  expect(met).toBe(1)
  door.close()
})

it('is in the health of every process, those included that hand no events on', async () => {
  const port = await freePort()
  server = await startTestServer({ inline: false, env: { RABBITMQ_URL: `amqp://127.0.0.1:${port}` } })
  for (const { app } of [server, server.service('user')]) {
    const answer = await app.inject('/api/health')
    expect(answer.statusCode).toBe(503)
    expect(answer.json().checks.rabbitmq).toMatchObject({ ok: false })
    expect((await app.inject('/api/v1/ready')).statusCode).toBe(200)
  }
  const operator = await (await server.newSchool()).person('administrator', 'olu', { operator: true })
  const { parts } = await operator.api.system.getStatus({})
  expect(parts.filter(({ name }) => name === 'rabbitmq')).toMatchObject([{ finding: 'rabbitmq.away' }])
}, 60_000)
