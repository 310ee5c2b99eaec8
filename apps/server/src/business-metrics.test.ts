import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.close())

async function measured(series: string): Promise<number> {
  const { body } = await server.app.inject('/metrics')
  const line = body.split('\n').find((each) => each.startsWith(series))
  return Number(line?.split(' ').at(-1) ?? 0)
}

it('counts what schools do, by school', async () => {
  const school = await server.newSchool()
  const admin = await school.person('administrator', 'ada')
  const teacher = await school.person('teacher', 'tom')
  const of = (name: string) => measured(`${name}{tenant="${school.id}"`)
  await admin.api.user.invitePerson({ name: 'Lea', email: 'lea@example.test', role: 'learner' })
  expect(await of('lyceum_registrations_total')).toBe(1)
  const learner = await school.person('learner', 'leo')
  const course = await teacher.api.course.createCourse({ title: 'Bees' })
  await teacher.api.course.enrolPeople({ courseId: course.id, people: [{ email: learner.email }], role: 'learner' })
  expect(await of('lyceum_enrolments_total')).toBeGreaterThanOrEqual(1)
})

it('says what waits, and that the database answers', async () => {
  expect(await measured('lyceum_database_up')).toBe(1)
  for (const pool of ['requests', 'jobs']) {
    expect(await measured(`lyceum_database_connections{pool="${pool}",state="open"`)).toBeGreaterThan(0)
    expect(await measured(`lyceum_database_connections_max{pool="${pool}"`)).toBeGreaterThan(0)
  }
  expect(await measured('lyceum_jobs{state="dead"')).toBe(0)
  expect(await measured('lyceum_events_waiting')).toBe(0)
  const used = await measured('lyceum_disk_used_ratio')
  expect(used > 0 && used < 1).toBe(true)
})
