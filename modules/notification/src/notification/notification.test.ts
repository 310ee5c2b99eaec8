import { CourseCompleted, LearnerEnrolled } from '@lyceum/course/contract'
import { newId } from '@lyceum/platform/id'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { heldTransport } from '../mail/mail-transport.ts'
import { type Ground, openSchool, type School, startGround } from '../testing/school.ts'
import { ExpireNotifications } from './expire-notifications.ts'

let ground: Ground
let school: School
beforeAll(async () => {
  ground = await startGround()
}, 60_000)
beforeEach(() => {
  school = openSchool(ground, heldTransport)
  return () => school.close()
})
afterAll(() => ground?.close())

const course = { courseId: newId(), courseTitle: 'Algebra' }
const enrol = (userId: string, courseTitle = 'Algebra') =>
  school.happen(LearnerEnrolled, { ...course, courseTitle, userId, enrolmentId: newId(), role: 'learner' })
const person = () => {
  const caller = school.person()
  return { ...caller, userId: caller.userId ?? expect.fail('is signed in') }
}

describe('notifications', () => {
  it('tell the learner of an enrolment and a completion, and nobody else', async () => {
    const lina = person()
    await enrol(lina.userId)
    await school.happen(CourseCompleted, { ...course, userId: lina.userId })
    const { entries, unread } = await school.ask(lina, 'listNotifications', {})
    const link = `/courses/${course.courseId}`
    expect(entries).toMatchObject([
      { kind: 'course-completed', values: { courseTitle: 'Algebra' }, link, readAt: null },
      { kind: 'enrolled', values: { courseTitle: 'Algebra', role: 'learner' }, link, readAt: null }
    ])
    expect(unread).toBe(2)
    expect(await school.ask(person(), 'listNotifications', {})).toEqual({ entries: [], nextCursor: null, unread: 0 })
  })

  it('come in pages, newest first, with the unread counted over all of them', async () => {
    const lina = person()
    for (const title of ['A', 'B', 'C']) await enrol(lina.userId, title)
    const titles = (entries: readonly { values: Record<string, string> }[]) =>
      entries.map(({ values }) => values.courseTitle)
    const first = await school.ask(lina, 'listNotifications', { limit: 2 })
    expect(titles(first.entries)).toEqual(['C', 'B'])
    const cursor = first.nextCursor ?? expect.fail('there is a second page')
    const second = await school.ask(lina, 'listNotifications', { limit: 2, cursor })
    expect(titles(second.entries)).toEqual(['A'])
    expect(second).toMatchObject({ nextCursor: null, unread: 3 })
  })

  it('are read up to the one the reader has seen, by that reader alone', async () => {
    const [lina, omar] = [person(), person()]
    for (const title of ['A', 'B', 'C']) await enrol(lina.userId, title)
    await enrol(omar.userId)
    const { entries } = await school.ask(lina, 'listNotifications', {})
    await school.ask(lina, 'readNotifications', { upTo: entries[1]?.id ?? expect.fail('there are three') })
    const after = await school.ask(lina, 'listNotifications', {})
    expect(after.entries.map(({ readAt }) => readAt !== null)).toEqual([false, true, true])
    expect(after.unread).toBe(1)
    await school.ask(lina, 'readNotifications', { upTo: newId() })
    expect((await school.ask(omar, 'listNotifications', {})).unread).toBe(1)
  })

  it('are forgotten 180 days later, but only if they were read', async () => {
    const lina = person()
    await enrol(lina.userId, 'read')
    const { entries } = await school.ask(lina, 'listNotifications', {})
    await school.ask(lina, 'readNotifications', { upTo: entries[0]?.id ?? expect.fail('there is one') })
    await enrol(lina.userId, 'unread')
    const expire = async () => {
      await school.transact((context) => context.enqueue(ExpireNotifications, {}))
      await school.drain()
      return (await school.ask(lina, 'listNotifications', {})).entries.map(({ values }) => values.courseTitle)
    }
    school.clock.time = new Date('2026-08-28T07:00:00Z')
    expect(await expire()).toEqual(['unread', 'read'])
    school.clock.time = new Date('2026-08-28T09:00:00Z')
    expect(await expire()).toEqual(['unread'])
  })
})
