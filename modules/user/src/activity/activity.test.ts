import { startTestServer, type TestServer } from '@lyceum/server/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ActiveHour, quietWindows } from './activity.ts'
import { readActivity } from './activity-count.ts'

const HOUR = 3_600_000
const NOW = new Date('2026-11-23T09:30:00.000Z')
const iso = (time: number) => new Date(time).toISOString()

/** Four weeks in which people come by day, and the fewest at the given hours of UTC. */
const weeks = (peopleAt: (at: Date) => number): ActiveHour[] =>
  Array.from({ length: 4 * 7 * 24 }, (_, back) => new Date(Date.parse('2026-11-23T09:00:00.000Z') - back * HOUR))
    .map((at) => ({ hour: at.toISOString(), people: peopleAt(at) }))
    .filter(({ people }) => people > 0)

describe('quiet hours', () => {
  it('are those in which the fewest people come, with the next time they do', () => {
    const quietSunday = weeks((at) => (at.getUTCDay() === 0 && [3, 4].includes(at.getUTCHours()) ? 1 : 100))
    expect(quietWindows(quietSunday, { now: NOW, most: 1 })).toEqual({
      days: 27,
      windows: [{ from: '2026-11-29T03:00:00.000Z', until: '2026-11-29T05:00:00.000Z', people: expect.closeTo(1, 0) }]
    })
  })

  it('count an hour without anybody as the quietest', () => {
    const nobody = weeks((at) => (at.getUTCHours() === 2 || at.getUTCHours() === 3 ? 0 : 5))
    const { windows } = quietWindows(nobody, { now: NOW })
    expect(windows.map(({ from, people }) => [from.slice(11, 16), people])).toEqual([
      ['02:00', 0],
      ['02:00', 0],
      ['02:00', 0]
    ])
    expect(windows[0]?.from).toBe('2026-11-24T02:00:00.000Z')
  })

  it('move on to a week in which no school holds releases', () => {
    const quiet = weeks((at) => (at.getUTCDay() === 0 && [3, 4].includes(at.getUTCHours()) ? 1 : 100))
    const isHeld = (from: Date) => from < new Date('2026-12-10T00:00:00Z')
    expect(quietWindows(quiet, { now: NOW, most: 1, isHeld }).windows).toMatchObject([
      { from: '2026-12-13T03:00:00.000Z' }
    ])
    expect(quietWindows(quiet, { now: NOW, isHeld: () => true }).windows).toEqual([])
  })

  it('are not guessed from less than a week', () => {
    expect(quietWindows([], { now: NOW })).toEqual({ days: 0, windows: [] })
    const fresh = weeks(() => 5).filter(({ hour }) => Date.parse(hour) > NOW.getTime() - 6 * 24 * HOUR)
    expect(quietWindows(fresh, { now: NOW })).toEqual({ days: 5, windows: [] })
  })

  it('never lie in the past, never overlap, and are in order of quiet', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 6 }), (seed, hours) => {
        const measured = weeks((at) => Math.abs(Math.sin(seed + at.getUTCHours() * 7 + at.getUTCDay())) * 50)
        const { windows } = quietWindows(measured, { now: NOW, hours })
        expect(windows).toHaveLength(3)
        for (const [at, { from, until, people }] of windows.entries()) {
          expect(Date.parse(from)).toBeGreaterThanOrEqual(NOW.getTime())
          expect(Date.parse(until) - Date.parse(from)).toBe(hours * HOUR)
          expect(people).toBeGreaterThanOrEqual((windows[at - 1]?.people ?? 0) - 1e-9)
          for (const other of windows.slice(0, at)) expect(until <= other.from || from >= other.until).toBe(true)
        }
      })
    )
  })
})

describe('counting who is there', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  it('knows how many people came in an hour, and forgets after five weeks', async () => {
    const school = await server.newSchool()
    const people = await Promise.all(['ana', 'ben', 'cem'].map((name) => school.person('learner', name)))
    const { activity, clock } = server.users
    for (const { api } of people) for (let time = 0; time < 2; time++) await api.user.getMe({})
    await school.anyone.user.getSchool({})
    await activity.keep()
    await activity.keep()
    const hour = iso(Math.floor(clock.now().getTime() / HOUR) * HOUR)
    const count = async () =>
      (await readActivity(server.runtime.database, clock.now()))
        .filter((one) => one.hour === hour)
        .map((one) => one.people)
    expect(await count()).toEqual([3])
    // A process that starts anew in the same hour has seen fewer of the same people.
    await server.owner.query(`update "user".activity_hour set people = 7 where tenant_id = $1`, [school.id])
    await (await school.person('learner', 'dan')).api.user.getMe({})
    await activity.keep()
    expect(await count()).toEqual([7])
    server.clock.advance(36 * 24 * HOUR)
    await (await school.person('learner', 'eve')).api.user.getMe({})
    await activity.keep()
    const { rows } = await server.owner.query(`select people from "user".activity_hour where tenant_id = $1`, [
      school.id
    ])
    expect(rows).toEqual([{ people: 1 }])
  })
})
