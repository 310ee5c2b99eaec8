import { readConfig } from '@lyceum/platform/config'
import { expect, it } from 'vitest'
import { hasRabbit, startRabbit } from '../../../../platform/src/events/testing/rabbit-server.ts'
import { hasRedis, startRedis } from '../../../../platform/src/redis/testing/redis-server.ts'
import { BUCKET, startObjectStore } from '../../../../platform/src/storage/testing/object-stores.ts'
import type { Place } from './check.ts'
import { broker, objectStorage, redis } from './neighbours.ts'

const place = (env: Readonly<Record<string, string>>): Place => ({
  config: readConfig({ LYCEUM_HOME: '/tmp/lyceum-nowhere', ...env }),
  home: '/tmp/lyceum-nowhere',
  faults: []
})

it('are left alone where they are not used', async () => {
  for (const { check } of [redis, broker, objectStorage])
    expect(await check(place({}))).toMatchObject({ state: 'skipped' })
})

it.runIf(hasRedis())('asks Redis, and says what to do without it', { timeout: 60_000 }, async () => {
  const server = await startRedis()
  const env = { REDIS_URL: server.url }
  expect(await redis.check(place(env))).toMatchObject({ state: 'ok' })
  await server.close()
  expect(await redis.check(place(env))).toMatchObject({ state: 'fault', remedy: expect.stringContaining('REDIS_URL') })
})

it.runIf(hasRabbit())('signs in at RabbitMQ', { timeout: 120_000 }, async () => {
  const server = await startRabbit()
  try {
    expect(await broker.check(place({ RABBITMQ_URL: server.url }))).toMatchObject({ state: 'ok' })
    const stranger = server.url.replace('guest:guest', 'guest:wrong')
    expect(await broker.check(place({ RABBITMQ_URL: stranger }))).toMatchObject({
      state: 'fault',
      message: expect.stringMatching(/ACCESS_REFUSED|refused/i)
    })
  } finally {
    await server.close()
  }
  expect(await broker.check(place({ RABBITMQ_URL: server.url }))).toMatchObject({ state: 'fault' })
})

it('asks the object store for its bucket', { timeout: 60_000 }, async () => {
  const server = await startObjectStore('s3')
  try {
    expect(await objectStorage.check(place(server.env))).toMatchObject({ state: 'ok', message: `bucket ${BUCKET}` })
    const elsewhere = { ...server.env, S3_BUCKET: 'elsewhere' }
    expect(await objectStorage.check(place(elsewhere))).toMatchObject({
      state: 'fault',
      remedy: expect.stringContaining('S3_BUCKET')
    })
  } finally {
    await server.close()
  }
})
