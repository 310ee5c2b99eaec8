import { anyone } from '@lyceum/platform/caller'
import type { Database } from '@lyceum/platform/database'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { openRevocationList } from './revocation-list.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterEach(() => vi.useRealTimers())
afterAll(() => server.close())

const silent = { on: async () => undefined, close: async () => undefined }

it('hears of a revocation made by another process', async () => {
  const school = await server.newSchool()
  const ana = await school.person('learner', 'ana')
  await expect(ana.api.user.getMe({})).resolves.toBeTruthy()
  await server.owner.query(
    `insert into "user".revocation (tenant_id, id, user_id, issued_before, expires_at)
     values ($1, gen_random_uuid(), $2, $3, $4)`,
    [school.id, ana.id, server.clock.now(), new Date(server.clock.now().getTime() + 3_600_000)]
  )
  await server.owner.query(`select pg_notify('lyceum_revocation', '')`)
  await vi.waitFor(() => expect(ana.api.user.getMe({})).rejects.toMatchObject({ code: 'auth.access-expired' }))
})

it('believes nobody any more once it could not be read for half a minute', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] })
  let broken = false
  const database: Database = {
    ...server.users.database,
    get pool() {
      if (broken) throw new Error('the database is away')
      return server.users.database.pool
    }
  }
  const list = await openRevocationList(database, silent, server.clock)
  const token = {
    caller: { ...anyone('school'), userId: 'somebody', signInId: 'one' },
    issuedAt: 0,
    expiresAt: Number.MAX_SAFE_INTEGER
  }
  expect(list.revoked(token)).toBe(false)
  broken = true
  await vi.advanceTimersByTimeAsync(29_000)
  expect(list.revoked(token)).toBe(false)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(() => list.revoked(token)).toThrow(expect.objectContaining({ code: 'auth.revocations-unavailable' }))
  broken = false
  await list.refresh()
  expect(list.revoked(token)).toBe(false)
  list.close()
})
