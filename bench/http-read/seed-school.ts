import pg from 'pg'

export interface SeededSchool {
  readonly tenantId: string
  readonly learners: readonly { readonly id: string; readonly name: string }[]
  /** A course this learner studies. */
  courseOf(learnerId: string): string
}

/** A school at `bench.localhost`: 2,000 learners in 6 of 200 courses each, 40 items a course, half of them done. */
export async function seedSchool(ownerUrl: string): Promise<SeededSchool> {
  const client = new pg.Client({ connectionString: ownerUrl })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<{ id: string }>(
    `insert into "user".tenant (id, slug, name, created_at) values (gen_random_uuid(), 'bench', 'Bench', now()) returning id`
  )
  const tenantId = rows[0]?.id ?? ''
  await client.query(`insert into "user".tenant_host (host, tenant_id) values ('bench.localhost', $1)`, [tenantId])
  await client.query(`select set_config('app.tenant_id', $1, false)`, [tenantId])
  await client.query(`
    insert into "user".person (id, name, email, email_key, role, activated_at, created_at)
    select gen_random_uuid(), 'Learner ' || n, 'l' || n || '@bench.test', 'l' || n || '@bench.test', 'learner', now(), now() from generate_series(1, 2000) n
    union all
    select gen_random_uuid(), 'Teacher ' || n, 't' || n || '@bench.test', 't' || n || '@bench.test', 'teacher', now(), now() from generate_series(1, 10) n`)
  await client.query(
    `insert into course.person (user_id, name, email, active) select id, name, email, true from "user".person where tenant_id = platform.tenant_id()`
  )
  await client.query(`
    insert into course.course (id, title, color, published_at, created_at, required_items, required_minutes)
    select gen_random_uuid(), 'Course ' || n, '#1f5f5b', now(), now(), 40, 400 from generate_series(1, 200) n`)
  await client.query(`
    insert into course.unit (id, course_id, title, rank)
    select gen_random_uuid(), id, 'Unit ' || n, 'a' || n from course.course, generate_series(1, 5) n where tenant_id = platform.tenant_id()`)
  await client.query(`
    insert into course.item (id, course_id, unit_id, kind, title, rank, minutes, completion, html)
    select gen_random_uuid(), course_id, id, 'page', 'Item ' || n, 'a' || n, 10, '{"kind":"open"}', '<p>Text</p>' from course.unit, generate_series(1, 8) n where tenant_id = platform.tenant_id()`)
  await client.query(`
    insert into course.enrolment (id, course_id, user_id, role, enrolled_at, completed_items, completed_minutes, last_seen_at)
    select gen_random_uuid(), course.id, person.user_id, 'learner', now(), 20, 200, now()
    from (select *, row_number() over (order by user_id) as place from course.person where tenant_id = platform.tenant_id() and name like 'Learner %') person
    join (select *, row_number() over (order by id) as place from course.course where tenant_id = platform.tenant_id()) course
      on (course.place + person.place) % 200 < 6`)
  await client.query(`
    insert into course.progress (course_id, user_id, item_id, opened_at, completed_at, seconds, updated_at)
    select enrolment.course_id, enrolment.user_id, item.id, now(), now(), 60, now()
    from course.enrolment join course.item on item.tenant_id = enrolment.tenant_id and item.course_id = enrolment.course_id and item.rank in ('a1', 'a2', 'a3', 'a4')
    where enrolment.tenant_id = platform.tenant_id()`)
  // What is reported last leaves the place to go on behind, and whoever teaches is enrolled too.
  await client.query(`
    update course.enrolment set last_item_id = done.id, next_item_id = next.id
    from course.item as done, course.item as next, course.unit
    where enrolment.tenant_id = platform.tenant_id() and unit.tenant_id = enrolment.tenant_id and unit.course_id = enrolment.course_id and unit.rank = 'a5'
      and done.tenant_id = unit.tenant_id and done.unit_id = unit.id and done.rank = 'a4'
      and next.tenant_id = unit.tenant_id and next.unit_id = unit.id and next.rank = 'a5'`)
  await client.query(`
    insert into course.enrolment (id, course_id, user_id, role, enrolled_at)
    select gen_random_uuid(), course.id, teacher.id, 'teacher', now()
    from (select id, row_number() over () as place from course.course where tenant_id = platform.tenant_id()) course
    join (select id, row_number() over () as place from "user".person where tenant_id = platform.tenant_id() and role = 'teacher') teacher
      on teacher.place = course.place % 10 + 1`)
  await client.query('vacuum analyze')
  const learners = await client.query<{ id: string; name: string }>(
    `select id, name from "user".person where tenant_id = $1 and role = 'learner' order by id`,
    [tenantId]
  )
  const enrolments = await client.query<{ user_id: string; course_id: string }>(
    `select distinct on (user_id) user_id, course_id from course.enrolment where tenant_id = $1 and role = 'learner'`,
    [tenantId]
  )
  await client.end()
  const courses = new Map(enrolments.rows.map(({ user_id, course_id }) => [user_id, course_id]))
  return { tenantId, learners: learners.rows, courseOf: (id) => courses.get(id) ?? '' }
}
