import { CourseCompleted, LearnerEnrolled } from '@lyceum/course/contract'
import { newId } from '@lyceum/platform/id'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EventfulSchool, newEventfulSchool } from '../testing/school.ts'
import { ExpireNotifications } from './expire-notifications.ts'

const DAY = 86_400_000
const course = { courseId: newId(), courseTitle: 'Algebra' }

let server: TestServer
let school: EventfulSchool
beforeAll(async () => {
  server = await startTestServer({ inline: false })
})
beforeEach(async () => {
  school = await newEventfulSchool(server)
})
afterAll(() => server.close())

const enrol = ({ id }: { id: string }, courseTitle = 'Algebra') =>
  school.happen(LearnerEnrolled, { ...course, courseTitle, userId: id, enrolmentId: newId(), role: 'learner' })
const titles = (entries: readonly { values: Record<string, string> }[]) =>
  entries.map(({ values }) => values.courseTitle)

describe('notifications', () => {
  it('tell the learner of an enrolment and a completion, and nobody else', async () => {
    const [lina, omar] = [await school.person('learner', 'lina'), await school.person('learner', 'omar')]
    await enrol(lina)
    await school.happen(CourseCompleted, { ...course, userId: lina.id })
    const { entries, unread } = await lina.api.notification.listNotifications({})
    const link = `/courses/${course.courseId}`
    expect(entries).toMatchObject([
      { kind: 'course-completed', values: { courseTitle: 'Algebra' }, link, readAt: null },
      { kind: 'enrolled', values: { courseTitle: 'Algebra', role: 'learner' }, link, readAt: null }
    ])
    expect(unread).toBe(2)
    const nothing = { entries: [], nextCursor: null, unread: 0 }
    expect(await omar.api.notification.listNotifications({})).toEqual(nothing)
  })

  it('come in pages, newest first, with the unread counted over all of them', async () => {
    const lina = await school.person('learner')
    for (const title of ['A', 'B', 'C']) await enrol(lina, title)
    const first = await lina.api.notification.listNotifications({ limit: 2 })
    expect(titles(first.entries)).toEqual(['C', 'B'])
    const cursor = first.nextCursor ?? expect.fail('there is a second page')
    const second = await lina.api.notification.listNotifications({ limit: 2, cursor })
    expect(titles(second.entries)).toEqual(['A'])
    expect(second).toMatchObject({ nextCursor: null, unread: 3 })
  })

  it('are read up to the one the reader has seen, by that reader alone', async () => {
    const [lina, omar] = [await school.person('learner', 'lina'), await school.person('learner', 'omar')]
    for (const title of ['A', 'B', 'C']) await enrol(lina, title)
    await enrol(omar)
    const { entries } = await lina.api.notification.listNotifications({})
    await lina.api.notification.readNotifications({ upTo: entries[1]?.id ?? expect.fail('there are three') })
    const after = await lina.api.notification.listNotifications({})
    expect(after.entries.map(({ readAt }) => readAt !== null)).toEqual([false, true, true])
    expect(after.unread).toBe(1)
    await lina.api.notification.readNotifications({ upTo: newId() })
    expect((await lina.api.notification.listNotifications({})).unread).toBe(0)
    expect((await omar.api.notification.listNotifications({})).unread).toBe(1)
  })

  it('are forgotten 180 days later, but only if they were read', async () => {
    const lina = await school.person('learner')
    await enrol(lina, 'read')
    await lina.api.notification.readNotifications({ upTo: newId() })
    await enrol(lina, 'unread')
    const expire = async () => {
      await school.enqueue(ExpireNotifications, {})
      await server.worker.drain()
      const { rows } = await server.owner.query<{ values: Record<string, string> }>(
        'select "values" from notification.notification where user_id = $1 order by id',
        [lina.id]
      )
      return titles(rows)
    }
    server.clock.advance(180 * DAY - 60_000)
    expect(await expire()).toEqual(['read', 'unread'])
    server.clock.advance(60_000)
    expect(await expire()).toEqual(['unread'])
  })
})
