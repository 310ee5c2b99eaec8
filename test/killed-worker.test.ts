import { newId } from '@lyceum/platform/id'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ inline: false })
})
afterAll(() => server.close())

it('does the job of a worker that was killed, and leaves the job of one that lives alone', {
  timeout: 60_000
}, async () => {
  const { id: tenantId } = await server.newSchool()
  const takenBy = async (pool: string): Promise<string> => {
    const payload = { tenantId, payload: { importId: newId() } }
    const { rows } = await server.owner.query<{ id: string }>(
      `select id::text from graphile_worker.add_job('course.import-course', $1::json)`,
      [payload]
    )
    const id = rows[0]?.id ?? ''
    await server.owner.query(
      'update graphile_worker._private_jobs set locked_by = $2, locked_at = now(), attempts = 1 where id = $1',
      [id, pool]
    )
    return id
  }
  const remaining = async (id: string) =>
    (await server.owner.query('select locked_by from graphile_worker._private_jobs where id = $1', [id])).rows

  const living = await server.owner.connect()
  try {
    await living.query(`select pg_advisory_lock(1819632496, hashtext('pool-living'))`)
    const [ofDead, ofLiving] = [await takenBy('pool-dead'), await takenBy('pool-living')]
    await server.worker.start()
    await expect.poll(() => remaining(ofDead), { timeout: 30_000 }).toEqual([])
    expect(await remaining(ofLiving)).toEqual([{ locked_by: 'pool-living' }])
  } finally {
    await living.query('select pg_advisory_unlock_all()')
    living.release()
  }
})
