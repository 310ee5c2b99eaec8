import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../../apps/server/src/testing/test-server.ts'
import { beat } from './heartbeat.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ inline: false })
})
afterAll(() => server.close())

const beats = async (): Promise<string[]> =>
  (await server.owner.query<{ at: string }>(`select at::text as at from platform.heartbeat order by at`)).rows.map(
    ({ at }) => at
  )

it('is written as often as it is asked for, and forgotten after a week', async () => {
  const { database } = server.users
  await beat(database, server.clock)
  server.clock.advance(6 * 24 * 60 * 60_000)
  await beat(database, server.clock)
  expect(await beats()).toHaveLength(2)
  server.clock.advance(2 * 24 * 60 * 60_000)
  await beat(database, server.clock)
  expect(await beats()).toHaveLength(2)
})

it('is due every minute once the worker runs', async () => {
  await server.background.worker.start()
  const due = async () =>
    (await server.owner.query('select identifier from graphile_worker._private_known_crontabs')).rows.map(
      ({ identifier }) => identifier
    )
  while (!(await due()).includes('platform.heartbeat')) await sleep(50)
  const before = (await beats()).length
  await server.owner.query(`select graphile_worker.add_job('platform.heartbeat', job_key => 'platform.heartbeat')`)
  while ((await beats()).length === before) await sleep(50)
})
