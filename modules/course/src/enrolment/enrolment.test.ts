import { installationEntry } from '@lyceum/platform/runtime'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { PersonChanged } from '@lyceum/user/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const newCourse = async () => {
  const school = await server.newSchool()
  const teacher = await school.person('teacher', 'teacher')
  const { id } = await teacher.api.course.createCourse({ title: 'Pottery' })
  return { school, teacher, courseId: id }
}

const enrol = (
  by: TestPerson,
  courseId: string,
  role: 'teacher' | 'assistant' | 'learner' | 'observer',
  ...who: TestPerson[]
) => by.api.course.enrolPeople({ courseId, role, people: who.map(({ email }) => ({ email })) })

/** Events of a school that say somebody was enrolled. */
const announced = async (school: TestSchool): Promise<number> => {
  const { rowCount } = await server.owner.query(
    `select from platform.outbox where tenant_id = $1 and name = 'course.learner-enrolled'`,
    [school.id]
  )
  return rowCount ?? 0
}

describe('enrolling people', () => {
  it('enrols known people at once and invites unknown ones as learners of the school', async () => {
    const { school, teacher, courseId } = await newCourse()
    const ana = await school.person('learner', 'ana')
    const { enrolled, alreadyEnrolled } = await teacher.api.course.enrolPeople({
      courseId,
      role: 'teacher',
      people: [{ email: ana.email.toUpperCase() }, { email: 'new.one@example.test', name: 'New One' }]
    })
    expect(alreadyEnrolled).toEqual([])
    expect(enrolled).toMatchObject([
      { name: 'Ana', email: ana.email, role: 'teacher', status: 'active', completed: 0 },
      { name: 'New One', email: 'new.one@example.test', role: 'teacher', status: 'invited' }
    ])
    const { rows } = await server.owner.query(
      `select role from "user".person where email_key = $1 and tenant_id = $2`,
      ['new.one@example.test', school.id]
    )
    expect(rows).toEqual([{ role: 'learner' }])
  })

  it('says who was enrolled already, changes nothing about them and announces nobody twice', async () => {
    const { school, teacher, courseId } = await newCourse()
    const ana = await school.person('learner', 'ana')
    await enrol(teacher, courseId, 'assistant', ana)
    const again = await enrol(teacher, courseId, 'learner', ana, ana)
    expect(again).toEqual({ enrolled: [], alreadyEnrolled: [ana.email] })
    const { entries } = await teacher.api.course.listEnrolments({ courseId, role: 'assistant' })
    expect(entries).toMatchObject([{ userId: ana.id }])
    expect(await announced(school)).toBe(1)
  })

  it('enrols the same people from two requests at the same moment once', async () => {
    const { school, teacher, courseId } = await newCourse()
    const people = await Promise.all(['ana', 'bo', 'cy'].map((name) => school.person('learner', name)))
    const answers = await Promise.all([
      enrol(teacher, courseId, 'learner', ...people),
      enrol(teacher, courseId, 'learner', ...people.toReversed())
    ])
    expect(answers.flatMap(({ enrolled }) => enrolled)).toHaveLength(3)
    expect(await announced(school)).toBe(3)
  })

  it('keeps progress over an end and a new start', async () => {
    const { school, teacher, courseId } = await newCourse()
    const ana = await school.person('learner', 'ana')
    const { enrolled } = await enrol(teacher, courseId, 'learner', ana)
    const first = enrolled[0]?.id ?? ''
    await server.owner.query(`update course.enrolment set completed_items = 4 where id = $1`, [first])
    await teacher.api.course.endEnrolment({ enrolmentId: first })
    await teacher.api.course.endEnrolment({ enrolmentId: first })
    await expect(ana.api.course.getCourseHome({ courseId })).rejects.toMatchObject({ status: 404 })
    const back = await enrol(teacher, courseId, 'learner', ana)
    expect(back.enrolled).toMatchObject([{ userId: ana.id, completed: 4 }])
    expect(back.enrolled[0]?.id).not.toBe(first)
  })

  it('sends nobody an invitation when the caller may not manage people', async () => {
    const { school, teacher, courseId } = await newCourse()
    const assistant = await school.person('assistant', 'assistant')
    const stranger = await school.person('teacher', 'stranger')
    await enrol(teacher, courseId, 'assistant', assistant)
    const people = [{ email: 'victim@example.test' }]
    for (const [caller, status] of [
      [assistant, 403],
      [stranger, 404]
    ] as const)
      await expect(caller.api.course.enrolPeople({ courseId, role: 'learner', people })).rejects.toMatchObject({
        status
      })
    const { rows } = await server.owner.query(`select from "user".person where email_key = 'victim@example.test'`)
    expect(rows).toEqual([])
  })

  it('lets observers follow learners of the course only', async () => {
    const { school, teacher, courseId } = await newCourse()
    const [ana, bo, parent] = await Promise.all(
      ['ana', 'bo', 'parent'].map((name) => school.person(name === 'parent' ? 'observer' : 'learner', name))
    )
    if (!ana || !bo || !parent) throw new Error('three people were made')
    await enrol(teacher, courseId, 'learner', ana)
    const people = [{ email: parent.email }]
    await expect(
      teacher.api.course.enrolPeople({ courseId, role: 'observer', people, observes: [bo.id] })
    ).rejects.toMatchObject({ status: 400, code: 'enrolment.observed-not-learner' })
    const { enrolled } = await teacher.api.course.enrolPeople({
      courseId,
      role: 'observer',
      people,
      observes: [ana.id]
    })
    expect(enrolled).toMatchObject([{ role: 'observer', observes: [ana.id] }])
    const after = await teacher.api.course.updateEnrolment({ enrolmentId: enrolled[0]?.id ?? '', role: 'assistant' })
    expect(after).toMatchObject({ role: 'assistant', observes: [] })
  })
})

describe('the last teacher of a course', () => {
  it('can neither be demoted nor removed', async () => {
    const { teacher, courseId, school } = await newCourse()
    const second = await school.person('teacher', 'second')
    const { enrolled } = await enrol(teacher, courseId, 'teacher', second)
    const enrolmentId = enrolled[0]?.id ?? ''
    const { rows } = await server.owner.query(`select id from course.enrolment where course_id = $1 and user_id = $2`, [
      courseId,
      teacher.id
    ])
    await second.api.course.updateEnrolment({ enrolmentId: rows[0].id, role: 'learner' })
    for (const attempt of [
      () => second.api.course.updateEnrolment({ enrolmentId, role: 'assistant' }),
      () => second.api.course.endEnrolment({ enrolmentId })
    ])
      await expect(attempt()).rejects.toMatchObject({ status: 409, code: 'enrolment.last-teacher' })
  })

  it('stays when two teachers remove each other at the same moment', async () => {
    const { teacher, courseId, school } = await newCourse()
    const second = await school.person('teacher', 'second')
    await enrol(teacher, courseId, 'teacher', second)
    const { rows } = await server.owner.query<{ id: string; user_id: string }>(
      `select id, user_id from course.enrolment where course_id = $1`,
      [courseId]
    )
    const idOf = (person: TestPerson) => rows.find(({ user_id }) => user_id === person.id)?.id ?? ''
    // Both enrolments are held until both requests have checked what they check and wait to write.
    const holder = await server.owner.connect()
    await holder.query('begin')
    await holder.query('select from course.enrolment where course_id = $1 for update', [courseId])
    const requests = Promise.allSettled([
      teacher.api.course.endEnrolment({ enrolmentId: idOf(second) }),
      second.api.course.endEnrolment({ enrolmentId: idOf(teacher) })
    ])
    await expect
      .poll(
        async () => {
          const { rowCount } = await server.owner.query(
            `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
          )
          return rowCount
        },
        { timeout: 20_000 }
      )
      .toBe(2)
    await holder.query('commit')
    holder.release()
    const results = await requests
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('the people of a course', () => {
  it('come by name in pages, are found by name and address, and are counted', async () => {
    const { teacher, courseId } = await newCourse()
    const names = ['Émile', 'anna', 'Bob', 'Zoë', '100% Carl']
    await teacher.api.course.enrolPeople({
      courseId,
      role: 'learner',
      people: names.map((name, n) => ({ name, email: `p${n}@pages.test` }))
    })
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await teacher.api.course.listEnrolments({
        courseId,
        role: 'learner',
        limit: 2,
        ...(cursor === null ? {} : { cursor })
      })
      expect(page.total).toBe(5)
      seen.push(...page.entries.map(({ name }) => name))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen.toSorted()).toEqual(names.toSorted())
    expect(seen.indexOf('anna')).toBeLessThan(seen.indexOf('Bob'))
    const search = async (text: string) =>
      (await teacher.api.course.listEnrolments({ courseId, search: text })).entries.map(({ name }) => name)
    expect(await search('P2@pages')).toEqual(['Bob'])
    expect(await search('%')).toEqual(['100% Carl'])
  })

  it('are called what they are called now', async () => {
    const { school, teacher, courseId } = await newCourse()
    const ana = await school.person('learner', 'ana')
    await enrol(teacher, courseId, 'learner', ana)
    await server.runtime.runner('user', installationEntry(school.id)).transact(({ publish }) =>
      publish(PersonChanged, {
        userId: ana.id,
        name: 'Ana María',
        email: ana.email,
        role: 'learner',
        status: 'active',
        locale: null
      })
    )
    await server.worker.drain()
    const { entries } = await teacher.api.course.listEnrolments({ courseId, role: 'learner' })
    expect(entries).toMatchObject([{ name: 'Ana María' }])
  })
})
