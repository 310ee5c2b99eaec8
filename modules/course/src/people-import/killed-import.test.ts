import type { JobContext } from '@lyceum/platform/module'
import { installationEntry } from '@lyceum/platform/runtime'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CourseJob, Tables } from '../context.ts'
import { runPeopleImport } from './run-people-import.ts'
import { runPeopleImportUndo } from './run-people-import-undo.ts'

// The queue is never drained here: these tests are the worker, so that they can die where they like.
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ inline: false })
})
afterAll(() => server.close())

/** A worker that dies before its n-th question to another module or its n-th transaction. */
const workerOf = (school: TestSchool, dies: { asked?: number; transacted?: number } = {}): CourseJob => {
  const { asking, transact } = server.runtime.runner('course', installationEntry(school.id))
  let asked = 0
  let transacted = 0
  const job: JobContext<Tables> = {
    ...asking,
    call: (contract) => {
      if (++asked === dies.asked) throw new Error('killed')
      return asking.call(contract)
    },
    transact: (work) => {
      if (++transacted === dies.transacted) throw new Error('killed')
      return transact(work)
    },
    tenantId: school.id,
    attempt: 1,
    lastAttempt: false
  }
  return job
}

const countOf = async (school: TestSchool, table: string, where = 'true'): Promise<number> => {
  const { rows } = await server.owner.query(`select count(*) from ${table} where tenant_id = $1 and ${where}`, [
    school.id
  ])
  return Number(rows[0].count)
}
const accounts = (school: TestSchool) => countOf(school, '"user".person')
const enrolments = (school: TestSchool) => countOf(school, 'course.enrolment', 'ended_at is null')
const announced = (school: TestSchool) => countOf(school, 'platform.outbox', `name = 'course.learner-enrolled'`)

/** A school and an import of so many new learners into its one course, about to be committed. */
const newImport = async (rows: number) => {
  const school = await server.newSchool()
  const admin = await school.person('administrator', 'admin')
  await admin.api.course.createCourse({ title: 'Pottery', code: 'POT1' })
  const lines = Array.from({ length: rows }, (_, n) => `Person ${n},person${n}@killed.test,POT1`)
  const csv = ['name,email,course', ...lines].join('\n')
  const { id: importId } = await admin.api.course.createPeopleImport({ fileName: 'people.csv', csv })
  await admin.api.course.commitPeopleImport({ importId })
  const look = () => admin.api.course.getPeopleImport({ importId })
  return { school, admin, importId, look, work: { importId, committedBy: admin.id } }
}

const undoing = (admin: TestPerson, importId: string) => admin.api.course.undoPeopleImport({ importId })

describe('an import of people whose worker is killed', () => {
  // Of the second chunk: before accounts are planned, before they are made, before they are enrolled; and after the last.
  for (const moment of [{ asked: 3 }, { asked: 4 }, { transacted: 6 }, { transacted: 7 }])
    it(`goes on where it was, does nothing twice and can be undone (${JSON.stringify(moment)})`, async () => {
      const { school, admin, importId, look, work } = await newImport(600)
      await expect(runPeopleImport(workerOf(school, moment), work)).rejects.toThrow('killed')
      const half = await look()
      expect(half.state).toBe('committing')
      expect(half.counts.done).toBe(moment.transacted === 7 ? 600 : 500)
      await runPeopleImport(workerOf(school), work)
      expect(await look()).toMatchObject({ state: 'committed', counts: { done: 600, create: 0 } })
      expect(await accounts(school)).toBe(601)
      expect(await announced(school)).toBe(600)
      await undoing(admin, importId)
      await runPeopleImportUndo(workerOf(school), { importId })
      expect(await look()).toMatchObject({ state: 'undone', message: null, counts: { done: 0, errors: 0 } })
      expect(await accounts(school)).toBe(1)
    })

  it('is done once by two workers that believe each other dead', async () => {
    const { school, look, work } = await newImport(600)
    await Promise.all([runPeopleImport(workerOf(school), work), runPeopleImport(workerOf(school), work)])
    expect(await look()).toMatchObject({ state: 'committed', counts: { done: 600 } })
    expect(await announced(school)).toBe(600)
    expect(await enrolments(school)).toBe(601)
  })

  it('stops visibly after the last attempt, and goes on when it is committed again', async () => {
    const { school, admin, importId, look, work } = await newImport(600)
    const last = { ...workerOf(school, { asked: 3 }), lastAttempt: true }
    await expect(runPeopleImport(last, work)).rejects.toThrow('killed')
    expect(await look()).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('Commit it again'),
      counts: { done: 500, create: 100 }
    })
    await admin.api.course.commitPeopleImport({ importId })
    await runPeopleImport(workerOf(school), work)
    expect(await look()).toMatchObject({ state: 'committed', message: null, counts: { done: 600 } })
  })
})

describe('an undo whose worker is killed', () => {
  // Between two chunks of enrolments, before accounts are removed, and after they are but before that is written down.
  for (const moment of [{ transacted: 2 }, { asked: 1 }, { transacted: 5 }])
    it(`goes on where it was (${JSON.stringify(moment)})`, async () => {
      const { school, admin, importId, look, work } = await newImport(600)
      await runPeopleImport(workerOf(school), work)
      await undoing(admin, importId)
      await expect(runPeopleImportUndo(workerOf(school, moment), { importId })).rejects.toThrow('killed')
      expect(await look()).toMatchObject({ state: 'undoing' })
      await runPeopleImportUndo(workerOf(school), { importId })
      expect(await look()).toMatchObject({ state: 'undone', message: null, counts: { errors: 0, done: 0 } })
      expect(await accounts(school)).toBe(1)
      expect(await enrolments(school)).toBe(1)
    })
})
