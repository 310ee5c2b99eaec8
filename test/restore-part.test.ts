import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type PartOrder, planPart, restorePart } from '@lyceum/platform/backup/part'
import { findGaps } from '@lyceum/platform/backup/part-table'
import { readRelations } from '@lyceum/platform/backup/relations'
import { allParts } from '@lyceum/server/parts'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { TEMPLATE } from '@lyceum/server/testing/global-setup'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: TestServer
let liveUrl: string
const copies: string[] = []

beforeAll(async () => {
  server = await startTestServer()
  liveUrl = server.owner.options.connectionString ?? ''
})
afterAll(async () => {
  for (const copy of copies) await server.owner.query(`drop database ${copy} with (force)`)
  await server.close()
})

/** The database as it is now, beside it. */
async function copyNow(): Promise<string> {
  const name = `lyceum_part_${randomUUID().replaceAll('-', '').slice(0, 12)}`
  await server.owner.query(`create database ${name} template ${TEMPLATE}`)
  copies.push(name)
  const url = new URL(liveUrl)
  url.pathname = `/${name}`
  const copy = new pg.Client({ connectionString: url.href })
  await copy.connect()
  await copy.query('set session_replication_role = replica')
  for (const { name: table, columns } of (await readRelations(server.owner)).values()) {
    if (!/^("user"|course|file|notification)\./.test(table)) continue
    const names = columns.map(({ name: column }) => pg.escapeIdentifier(column)).join(', ')
    const { rows } = await server.owner.query(`select coalesce(json_agg(t), '[]')::text as all from ${table} t`)
    await copy.query(
      `insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, $1::json)`,
      [rows[0].all]
    )
  }
  await copy.end()
  return url.href
}

const order = (copyUrl: string, tenantId: string, courseId?: string): PartOrder => ({
  liveUrl,
  copyUrl,
  rules: allParts,
  part: { tenantId, of: courseId === undefined ? null : { kind: 'course', id: courseId } }
})

const bringBack = (given: PartOrder) =>
  restorePart({
    ...given,
    asOf: new Date(Date.now() - 60_000),
    now: new Date(),
    audit: () => ({
      at: new Date().toISOString(),
      actor: 'test',
      action: 'backup.part-restored',
      subject: 'x',
      details: {}
    })
  })

const rows = async (sql: string, values: unknown[] = []) => (await server.owner.query(sql, values)).rows

describe('what becomes of a table when a part comes back', () => {
  it('is said of every table of the database', async () => {
    const { undeclared, unknown } = findGaps(allParts, await readRelations(server.owner))
    expect(undeclared).toEqual([])
    // Only copies have it.
    expect(unknown).toEqual(['public.lyceum_copy'])
  })

  it('is noticed where nobody has said it', async () => {
    const relations = await readRelations(server.owner)
    const [some] = relations.values()
    if (some) relations.set('course.diary', { ...some, name: 'course.diary' })
    expect(findGaps(allParts, relations).undeclared).toEqual(['course.diary'])
  })
})

describe('a school that goes back', () => {
  it('hands addresses back that went from one person to the next', async () => {
    const school = await server.newSchool()
    const people = [
      await school.person('learner', 'ana'),
      await school.person('learner', 'ben'),
      await school.person('learner', 'cho')
    ]
    const emails = () => rows(`select id, email from "user".person where tenant_id = $1 order by id`, [school.id])
    const then = await emails()
    const copy = await copyNow()
    const move = (id: string | undefined, email: string) =>
      rows(`update "user".person set email = $2, email_key = $2 where id = $1`, [id, email])
    await move(people[2]?.id, 'free@x.example')
    await move(people[1]?.id, people[2]?.email ?? '')
    await move(people[0]?.id, people[1]?.email ?? '')
    const plan = await bringBack(order(copy, school.id))
    expect(plan.tables.find(({ table }) => table === '"user".person')).toMatchObject({ change: 3 })
    expect(await emails()).toEqual(then)
  })

  it('hands addresses back that two people exchanged', async () => {
    const school = await server.newSchool()
    const [one, other] = [await school.person('learner', 'ana'), await school.person('learner', 'ben')]
    const copy = await copyNow()
    const move = (id: string, email: string) =>
      rows(`update "user".person set email = $2, email_key = $2 where id = $1`, [id, email])
    await move(one.id, 'free@x.example')
    await move(other.id, one.email)
    await move(one.id, other.email)
    await bringBack(order(copy, school.id))
    expect(await rows('select email, email_key from "user".person where id = $1', [one.id])).toEqual([
      { email: one.email, email_key: one.email }
    ])
  })

  it('takes back the tokens of those whose role changed, and leaves their sign-ins and passwords', async () => {
    const school = await server.newSchool()
    const [promoted, other] = [await school.person('learner', 'ana'), await school.person('learner', 'ben')]
    const copy = await copyNow()
    await rows(`update "user".person set role = 'administrator', password_hash = 'since' where id = $1`, [promoted.id])
    await bringBack(order(copy, school.id))
    expect(await rows('select role, password_hash from "user".person where id = $1', [promoted.id])).toEqual([
      { role: 'learner', password_hash: 'since' }
    ])
    await expect
      .poll(
        () =>
          promoted.api.user.getMe({}).then(
            () => 'let in',
            () => 'sent away'
          ),
        { timeout: 10_000 }
      )
      .toBe('sent away')
    expect(await other.api.user.getMe({})).toMatchObject({ id: other.id })
  })

  it('leaves uploads alone that are under way, and what another school has', async () => {
    const [school, elsewhere] = [await server.newSchool(), await server.newSchool()]
    const copy = await copyNow()
    const insert = (tenant: string, id: string, state: string) =>
      rows(
        `insert into file.file (tenant_id, id, name, size, state, key, created_at) values ($1, $2, 'a', 1, $3, $4, now())`,
        [tenant, id, state, state === 'ready' ? `${tenant}/${id}` : null]
      )
    const [half, since, theirs] = [randomUUID(), randomUUID(), randomUUID()]
    await insert(school.id, half, 'receiving')
    await insert(school.id, since, 'ready')
    await insert(elsewhere.id, theirs, 'ready')
    await bringBack(order(copy, school.id))
    const left = await rows('select id from file.file where id = any ($1)', [[half, since, theirs]])
    expect(left.map(({ id }) => id).sort()).toEqual([half, theirs].sort())
    const jobs = await rows(
      `select run_at > now() + interval '23 hours' as later from graphile_worker._private_jobs where key = $1`,
      [`file.remove-bytes ${school.id}/${since}`]
    )
    expect(jobs).toEqual([{ later: true }])
  })

  it('is refused, with the row named, where somebody else has what would come back', async () => {
    const [school, other] = [await server.newSchool(), await server.newSchool()]
    const copy = await copyNow()
    await rows('delete from "user".tenant_host where tenant_id = $1', [school.id])
    await rows('delete from "user".tenant where id = $1', [school.id])
    await rows('insert into "user".tenant_host (host, tenant_id) values ($1, $2)', [school.host, other.id])
    const before = await rows('select * from platform.audit')
    const plan = await planPart(order(copy, school.id))
    expect([plan.gone, plan.clashes]).toEqual([true, [`"user".tenant_host: host=${school.host} belongs to another`]])
    await expect(bringBack(order(copy, school.id))).rejects.toMatchObject({
      code: 'backup.part-clash',
      outcome: 'refused',
      message: expect.stringContaining(school.host)
    })
    expect(await rows('select id from "user".tenant where id = $1', [school.id])).toEqual([])
    expect(await rows('select * from platform.audit')).toEqual(before)
  })

  it('waits for those who write, and lets them end what they began', { timeout: 30_000 }, async () => {
    const school = await server.newSchool()
    const person = await school.person('learner', 'ana')
    const copy = await copyNow()
    await rows(`update "user".person set name = 'Spoiled' where id = $1`, [person.id])
    const writer = new pg.Client({ connectionString: liveUrl })
    await writer.connect()
    await writer.query('begin')
    await writer.query('select from "user".person where id = $1 for update', [person.id])
    const back = bringBack(order(copy, school.id))
    await sleep(1_500)
    await writer.query(`update "user".person set name = 'Spoiled again' where id = $1`, [person.id])
    await writer.query('commit')
    await writer.end()
    await back
    expect(await rows('select name from "user".person where id = $1', [person.id])).toEqual([{ name: person.name }])
  })

  it('waits for its turn, and says so', async () => {
    const school = await server.newSchool()
    const copy = await copyNow()
    const first = new pg.Client({ connectionString: liveUrl })
    await first.connect()
    await first.query('begin')
    await first.query('select pg_advisory_xact_lock(7263554111)')
    await expect(bringBack(order(copy, school.id))).rejects.toMatchObject({ code: 'backup.part-busy', outcome: 'busy' })
    await first.end()
  })
})

describe('a course that goes back', () => {
  it('is refused where it was not there then', async () => {
    const school = await server.newSchool()
    const copy = await copyNow()
    const { id } = await (await school.person('teacher', 'tea')).api.course.createCourse({ title: 'Later' })
    await expect(planPart(order(copy, school.id, id))).rejects.toMatchObject({ code: 'backup.no-part' })
  })

  it('comes out of the bin, and nobody takes an old outline for the newest', async () => {
    const school = await server.newSchool()
    const teacher = (await school.person('teacher', 'tea')).api.course
    const { id: courseId } = await teacher.createCourse({ title: 'Bees' })
    const unitId = (await teacher.getCourseHome({ courseId })).units[0]?.id ?? ''
    await teacher.createItem({ unitId, kind: 'page', title: 'Hive' })
    const copy = await copyNow()
    await teacher.createUnit({ courseId, title: 'Since' })
    await teacher.createItem({ unitId, kind: 'page', title: 'Since' })
    const outline = await teacher.getCourseHome({ courseId })
    await teacher.deleteCourse({ courseId })
    await bringBack(order(copy, school.id, courseId))
    const back = await teacher.getCourseHome({ courseId })
    expect(back.units.map(({ title, items }) => [title, items.map((item) => item.title)])).toEqual([
      [outline.units[0]?.title, ['Hive']]
    ])
    expect(await rows('select deleted_at from course.course where id = $1', [courseId])).toEqual([{ deleted_at: null }])
    expect(
      await rows(`select title from course.item where course_id = $1 and deleted_at is not null`, [courseId])
    ).toEqual([{ title: 'Since' }])
  })
})
