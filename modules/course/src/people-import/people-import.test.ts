import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ inline: false })
})
afterAll(() => server.close())

const csv = (...rows: string[]) => ['name,email,role,course', ...rows].join('\n')
const many = (count: number, row: (n: number) => string) => csv(...Array.from({ length: count }, (_, n) => row(n)))

const newSchool = async () => {
  const school = await server.newSchool()
  const admin = await school.person('administrator', 'admin')
  const teacher = await school.person('teacher', 'teacher')
  const { id: courseId } = await teacher.api.course.createCourse({ title: 'Pottery', code: 'POT1' })
  return { school, admin, teacher, courseId }
}

const check = (by: TestPerson, text: string, courseId?: string) =>
  by.api.course.createPeopleImport({ fileName: 'people.csv', csv: text, ...(courseId ? { courseId } : {}) })

const commit = async (by: TestPerson, importId: string) => {
  expect(await by.api.course.commitPeopleImport({ importId })).toMatchObject({ state: 'committing' })
  await server.worker.drain()
  return by.api.course.getPeopleImport({ importId })
}

const undo = async (by: TestPerson, importId: string) => {
  expect(await by.api.course.undoPeopleImport({ importId })).toMatchObject({ state: 'undoing' })
  await server.worker.drain()
  return by.api.course.getPeopleImport({ importId })
}

const rowsOf = async (by: TestPerson, importId: string, outcome?: 'error' | 'failed' | 'done' | 'undone') =>
  (await by.api.course.listPeopleImportRows({ importId, ...(outcome ? { outcome } : {}) })).entries

const count = async (school: TestSchool, table: string, where = 'true'): Promise<number> => {
  const { rows } = await server.owner.query(`select count(*) from ${table} where tenant_id = $1 and ${where}`, [
    school.id
  ])
  return Number(rows[0].count)
}
const accounts = (school: TestSchool) => count(school, '"user".person')
const enrolments = (school: TestSchool) => count(school, 'course.enrolment', 'ended_at is null')
const announced = (school: TestSchool) => count(school, 'platform.outbox', `name = 'course.learner-enrolled'`)

describe('checking a CSV of people', () => {
  it('says what every row would do and what is wrong, and changes nothing', async () => {
    const { school, admin, teacher } = await newSchool()
    const before = await accounts(school)
    const made = await check(
      admin,
      csv(
        'Ana,ana@import.test,learner,POT1',
        `Teacher,${teacher.email},teacher,pottery`,
        'Bo,bo@import.test,,',
        'Cy,not an address,,',
        'Ana,ANA@import.test,learner,pot1',
        ',dee@import.test,wizard,Alchemy'
      )
    )
    expect(made).toMatchObject({
      state: 'checked',
      fileName: 'people.csv',
      courseId: null,
      createdBy: 'Admin',
      counts: { rows: 6, create: 2, enrol: 0, unchanged: 1, errors: 3, done: 0 }
    })
    const errors = await rowsOf(admin, made.id, 'error')
    expect(errors.map(({ row, errors }) => [row, errors.map(({ column, code }) => `${column} ${code}`)])).toEqual([
      [5, ['email invalid']],
      [6, ['email duplicate']],
      [7, ['name missing', 'role unknown', 'course unknown']]
    ])
    expect(errors[1]?.errors[0]?.message).toContain('Line 2')
    expect(await accounts(school)).toBe(before)
    expect(await enrolments(school)).toBe(1)
  })

  it('takes 20,000 rows with duplicates in one request', async () => {
    const { school, admin } = await newSchool()
    const made = await check(
      admin,
      many(20_000, (n) => `Person ${n},person${n % 19_000}@large.test,learner,POT1`)
    )
    expect(made.counts).toEqual({ rows: 20_000, create: 19_000, enrol: 0, unchanged: 0, errors: 1_000, done: 0 })
    const { entries, nextCursor } = await admin.api.course.listPeopleImportRows({
      importId: made.id,
      outcome: 'error',
      limit: 100
    })
    expect(entries[0]).toMatchObject({ row: 19_002, errors: [{ column: 'email', code: 'duplicate' }] })
    expect(entries[0]?.errors[0]?.message).toContain('Line 2 ')
    const next = await admin.api.course.listPeopleImportRows({
      importId: made.id,
      outcome: 'error',
      limit: 100,
      cursor: nextCursor ?? ''
    })
    expect(next.entries[0]?.row).toBe(19_102)
    expect(await announced(school)).toBe(0)
  })

  it('refuses a file that is no CSV as a whole and names the line', async () => {
    const { admin } = await newSchool()
    await expect(check(admin, 'name,email\nAna,ana@x.test\nBo "B,bo@x.test')).rejects.toMatchObject({
      status: 400,
      code: 'people-import.csv-malformed',
      message: expect.stringContaining('Line 3')
    })
  })

  it('does not guess between two courses of the same title', async () => {
    const { admin, teacher } = await newSchool()
    const { id } = await teacher.api.course.createCourse({ title: 'Pottery' })
    const made = await check(admin, csv('Ana,ana@x.test,,Pottery', `Bo,bo@x.test,,${id}`, 'Cy,cy@x.test,,POT1'))
    expect(await rowsOf(admin, made.id)).toMatchObject([
      { outcome: 'error', errors: [{ column: 'course', code: 'ambiguous' }] },
      { outcome: 'create' },
      { outcome: 'create' }
    ])
  })

  it('is for administrators, and in a course for its teachers', async () => {
    const { school, admin, teacher, courseId } = await newSchool()
    const stranger = await school.person('teacher', 'stranger')
    await expect(check(teacher, csv('Ana,ana@x.test,,'))).rejects.toMatchObject({
      status: 403,
      code: 'people-import.school-not-allowed'
    })
    await expect(check(stranger, csv('Ana,ana@x.test,,'), courseId)).rejects.toMatchObject({ status: 404 })
    const ofSchool = await check(admin, csv('Ana,ana@x.test,,'))
    const ofCourse = await check(teacher, csv('Ana,ana@x.test,,'), courseId)
    await expect(teacher.api.course.getPeopleImport({ importId: ofSchool.id })).rejects.toMatchObject({ status: 404 })
    await expect(stranger.api.course.commitPeopleImport({ importId: ofCourse.id })).rejects.toMatchObject({
      status: 404
    })
    expect((await teacher.api.course.listPeopleImports({ courseId })).entries.map(({ id }) => id)).toEqual([
      ofCourse.id
    ])
    expect((await admin.api.course.listPeopleImports({})).entries.map(({ id }) => id)).toEqual([
      ofCourse.id,
      ofSchool.id
    ])
    await expect(teacher.api.course.listPeopleImports({})).rejects.toMatchObject({ status: 403 })
  })
})

describe('committing an import', () => {
  it('creates and enrols, leaves rows with errors out, and answers the same when asked again', async () => {
    const { school, admin, teacher, courseId } = await newSchool()
    const known = await school.person('learner', 'known')
    const made = await check(
      admin,
      csv(
        'Ana,ana@x.test,teacher,POT1',
        `Known,${known.email},,Pottery`,
        'Boss,boss@x.test,administrator,POT1',
        'Cy,cy@x.test,assistant,',
        'Broken,,,'
      )
    )
    const done = await commit(admin, made.id)
    expect(done).toMatchObject({
      state: 'committed',
      message: null,
      counts: { rows: 5, errors: 1, done: 4, create: 0 }
    })
    const { entries } = await teacher.api.course.listEnrolments({ courseId })
    expect(entries.map(({ email, role }) => [email, role])).toEqual(
      expect.arrayContaining([
        ['ana@x.test', 'teacher'],
        ['boss@x.test', 'teacher'],
        [known.email, 'learner']
      ])
    )
    const { rows } = await server.owner.query(
      `select email, role from "user".person where tenant_id = $1 and email like '%@x.test' order by email`,
      [school.id]
    )
    expect(rows.map(({ email, role }) => `${email} ${role}`)).toEqual([
      'ana@x.test teacher',
      'boss@x.test administrator',
      'cy@x.test assistant'
    ])
    expect(await admin.api.course.commitPeopleImport({ importId: made.id })).toMatchObject({ state: 'committed' })
    expect(await announced(school)).toBe(3)
  })

  it('of a course gives nobody powers over the school', async () => {
    const { school, teacher, courseId } = await newSchool()
    const made = await check(teacher, 'e-mail;full name;role\nana@x.test;Ana;teacher\nbo@x.test;Bo;', courseId)
    expect(await commit(teacher, made.id)).toMatchObject({ state: 'committed', counts: { done: 2 } })
    const { entries } = await teacher.api.course.listEnrolments({ courseId, search: 'x.test' })
    expect(entries.map(({ role }) => role)).toEqual(['teacher', 'learner'])
    expect(await count(school, '"user".person', `email like '%@x.test' and role = 'learner'`)).toBe(2)
  })
})

describe('undoing an import', () => {
  it('takes back exactly what it did, and keeps accounts that are in use', async () => {
    const { school, admin, teacher, courseId } = await newSchool()
    const before = await school.person('learner', 'before')
    const { enrolled } = await teacher.api.course.enrolPeople({
      courseId,
      role: 'learner',
      people: [{ email: before.email }]
    })
    const other = await school.person('learner', 'other')
    const people = await accounts(school)
    const made = await check(
      admin,
      csv(
        'Ana,ana@undo.test,,POT1',
        `Before,${before.email},,POT1`,
        `Other,${other.email},,POT1`,
        'Used,used@undo.test,,POT1',
        'Elsewhere,elsewhere@undo.test,,POT1'
      )
    )
    await commit(admin, made.id)
    await server.owner.query(`update "user".person set activated_at = now() where email = 'used@undo.test'`)
    const { id: second } = await teacher.api.course.createCourse({ title: 'Weaving' })
    await teacher.api.course.enrolPeople({
      courseId: second,
      role: 'learner',
      people: [{ email: 'elsewhere@undo.test' }]
    })

    const undone = await undo(admin, made.id)
    expect(undone).toMatchObject({
      state: 'undone',
      message: expect.stringContaining('2 accounts'),
      counts: { errors: 2, unchanged: 1, done: 0 }
    })
    expect((await rowsOf(admin, made.id, 'failed')).map(({ email, errors }) => [email, errors[0]?.code])).toEqual([
      ['used@undo.test', 'account-in-use'],
      ['elsewhere@undo.test', 'account-in-use']
    ])
    const { entries } = await teacher.api.course.listEnrolments({ courseId, role: 'learner' })
    expect(entries.map(({ id }) => id)).toEqual([enrolled[0]?.id])
    expect((await teacher.api.course.listEnrolments({ courseId: second, role: 'learner' })).total).toBe(1)
    expect(await accounts(school)).toBe(people + 2)
    expect(await count(school, 'course.person', `email = 'ana@undo.test'`)).toBe(0)
  })

  it('leaves an enrolment alone that somebody made later', async () => {
    const { school, admin, teacher, courseId } = await newSchool()
    const ana = await school.person('learner', 'ana')
    const made = await check(admin, csv(`Ana,${ana.email},,POT1`))
    await commit(admin, made.id)
    const { entries } = await teacher.api.course.listEnrolments({ courseId, role: 'learner' })
    await teacher.api.course.endEnrolment({ enrolmentId: entries[0]?.id ?? '' })
    await teacher.api.course.enrolPeople({ courseId, role: 'learner', people: [{ email: ana.email }] })
    await undo(admin, made.id)
    expect((await teacher.api.course.listEnrolments({ courseId, role: 'learner' })).total).toBe(1)
  })

  it('is refused with an explanation where there is nothing to undo or to commit', async () => {
    const { admin } = await newSchool()
    const made = await check(admin, csv('Ana,ana@state.test,,POT1'))
    await expect(admin.api.course.undoPeopleImport({ importId: made.id })).rejects.toMatchObject({
      status: 409,
      code: 'people-import.not-to-be-undone',
      message: expect.stringContaining('nothing has happened yet')
    })
    await admin.api.course.commitPeopleImport({ importId: made.id })
    await expect(admin.api.course.undoPeopleImport({ importId: made.id })).rejects.toMatchObject({
      message: expect.stringContaining('Wait until it has finished')
    })
    await server.worker.drain()
    await undo(admin, made.id)
    await expect(admin.api.course.commitPeopleImport({ importId: made.id })).rejects.toMatchObject({
      status: 409,
      code: 'people-import.not-to-be-committed'
    })
    const wrong = await check(admin, csv('Ana,,,'))
    await expect(admin.api.course.commitPeopleImport({ importId: wrong.id })).rejects.toMatchObject({
      code: 'people-import.nothing-to-commit'
    })
  })
})
