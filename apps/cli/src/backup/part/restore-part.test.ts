import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findRunningPostgres } from '@lyceum/platform/embedded-postgres'
import { newId } from '@lyceum/platform/id'
import { inDatabase } from '@lyceum/server/surroundings'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const BIN = fileURLToPath(new URL('../../../bin/lyceum.mjs', import.meta.url))
const SERVE = ['serve', '--target', 'user,course,file,notification,system,worker']
const PASSWORD = 'a long enough pass phrase'
const folder = mkdtempSync(join(tmpdir(), 'lyceum-cli-part-'))
const home = join(folder, 'home')
const started: ChildProcess[] = []
let url = ''
let owner: pg.Client
/** Everything as it is to come back. */
let set = ''
const school: Record<string, string> = {}
const person: Record<string, { id: string; email: string; school: string; token: string }> = {}
let bees: Course
let ants: Course

interface Course {
  readonly id: string
  readonly unit: string
  readonly items: readonly string[]
}

function launch(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, LYCEUM_HOME: home, PORT: '0', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  started.push(child)
  return child
}

async function run(args: readonly string[]) {
  const child = launch(args)
  if (!child.stdout || !child.stderr) throw new Error('no pipes')
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { exit, out, err }
}

/** Runs a command that answers JSON, and answers that. */
async function json(args: readonly string[], flag = ['--json']) {
  const { exit, out, err } = await run([...args, ...flag])
  if (exit !== 0) throw new Error(`${args.join(' ')} ended with ${exit}: ${out}${err}`)
  return JSON.parse(out)
}

const restore = (args: readonly string[]) => run(['restore', '--set', set, ...args, '-o', 'json'])

async function serve(): Promise<void> {
  const child = launch(SERVE)
  let err = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  child.stdout?.resume()
  while (!err.includes('ready at')) {
    if (child.exitCode !== null) throw new Error(err)
    await sleep(50)
  }
  url = JSON.parse(readFileSync(join(home, 'running.json'), 'utf8')).url
}

async function ask(
  slug: string,
  path: string,
  { method, body, token, etag }: { method?: string; body?: object; token?: string; etag?: string } = {}
) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method: method ?? (body ? 'POST' : 'GET'),
    headers: {
      'x-lyceum-tenant': slug,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(etag ? { 'if-match': etag } : {})
    },
    ...(body ? { body: JSON.stringify(body) } : {})
  })
  return { status: answer.status, body: JSON.parse((await answer.text()) || 'null') }
}

/** As somebody, who has to be let in. */
async function as(name: string, path: string, options: Parameters<typeof ask>[2] = {}) {
  const { school: slug = '', token = '' } = person[name] ?? {}
  const { status, body } = await ask(slug, path, { ...options, token })
  if (status >= 300) throw new Error(`${name} ${path}: ${status} ${JSON.stringify(body)}`)
  return body
}

async function signIn(slug: string, email: string): Promise<string> {
  const { body } = await ask(slug, '/auth/sign-in', { body: { email, password: PASSWORD } })
  return String(body.accessToken)
}

async function accept(name: string, slug: string, link: string): Promise<void> {
  const [, secret = ''] = /invitation\/([^/?#"]+)/.exec(link) ?? []
  await ask(slug, `/invitations/${secret}/acceptance`, { method: 'PUT', body: { name, password: PASSWORD } })
  const email = `${name}@${slug}.example`
  const token = await signIn(slug, email)
  person[name] = { email, school: slug, token, id: (await ask(slug, '/me', { token })).body.id }
}

async function makeSchool(slug: string, admin: string): Promise<void> {
  const made = await json([
    ...['school', 'create', '--name', slug, '--slug', slug, '--host', `${slug}.localhost`],
    ...['--admin-name', admin, '--admin-email', `${admin}@${slug}.example`]
  ])
  school[slug] = made.tenantId
  await accept(admin, slug, made.invitation)
}

async function invite(name: string, slug: string): Promise<void> {
  const { link } = await json(['person', 'invite', `${name}@${slug}.example`, '--name', name, '--school', slug])
  await accept(name, slug, link)
}

async function importCourse(name: string, pages: number): Promise<Course> {
  mkdirSync(join(folder, name))
  for (let page = 1; page <= pages; page++)
    writeFileSync(join(folder, name, `0${page}-page.md`), `# ${name} ${page}\n\n![picture](picture.svg)`)
  writeFileSync(
    join(folder, name, 'picture.svg'),
    `<svg xmlns="http://www.w3.org/2000/svg"><title>${name}</title></svg>`
  )
  const { courseId } = await json([
    ...['course', 'import', name, '--school', 'hill', '--teacher', 'ada@hill.example', '--publish', '--title', name]
  ])
  const { units } = await as('ada', `/courses/${courseId}/home`)
  return {
    id: courseId,
    unit: units[0].id,
    items: units.flatMap((unit: { items: { id: string }[] }) => unit.items.map(({ id }) => id))
  }
}

/** Somebody has been on a page for so long. */
const visit = (name: string, item: string | undefined, seconds: number) =>
  as(name, `/items/${item}/progress`, { method: 'PUT', body: { opened: true, visit: { id: newId(), seconds } } })

async function rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await owner.query<Row>(sql, values)).rows
}

/** Rows of a school, table by table, as one text each. */
async function stateOf(slug: string, without: readonly string[] = []): Promise<Record<string, string>> {
  const tables = await rows<{ name: string }>(`
    select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace space on space.oid = relnamespace
    join pg_attribute on attrelid = pg_class.oid and attname = 'tenant_id' and not attisdropped
    where relkind = 'r' and nspname in ('user', 'course', 'file', 'notification') order by 1`)
  const state: Record<string, string> = {}
  for (const { name } of tables.filter((table) => !without.includes(table.name))) {
    const [found] = await rows<{ all: string }>(
      `select coalesce(string_agg(t::text, '\n' order by t::text), '') as all from ${name} t where tenant_id = $1`,
      [school[slug]]
    )
    state[name] = found?.all ?? ''
  }
  return state
}

/** Where the bytes of an uploaded file lie. */
function fileOf(key = 'missing'): string | undefined {
  const [, sha256 = 'missing'] = key.split('/')
  const found = readdirSync(join(home, 'files'), { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith(sha256)
  )
  return found === undefined ? undefined : join(home, 'files', found)
}

const learnersIn = async (course: Course) => ({
  enrolments: await rows(
    'select id, user_id, role, enrolled_at, ended_at from course.enrolment where course_id = $1 order by id',
    [course.id]
  ),
  progress: await rows('select * from course.progress where course_id = $1 order by user_id, item_id', [course.id]),
  visits: await rows('select * from course.visit where item_id = any ($1) order by id', [course.items])
})

/** As nobody can by the screens: what a mistake of an operator leaves. */
async function removeCourse({ id }: Course): Promise<void> {
  const inCourse = 'item_id in (select id from course.item where course_id = $1)'
  for (const sql of [
    `delete from course.visit where ${inCourse}`,
    `delete from course.page_revision where ${inCourse}`,
    ...['progress', 'enrolment', 'item', 'unit'].map((table) => `delete from course.${table} where course_id = $1`),
    'delete from course.course where id = $1'
  ])
    await rows(sql, [id])
}

beforeAll(async () => {
  await run(['backup', 'setup', '--to', 'repository'])
  await serve()
  const postgres = await findRunningPostgres(home)
  owner = new pg.Client({ connectionString: inDatabase(postgres?.url ?? '') })
  owner.on('error', () => undefined)
  await owner.connect()
  await makeSchool('hill', 'ada')
  await makeSchool('dale', 'dan')
  for (const name of ['tom', 'lea', 'ole']) await invite(name, 'hill')
  bees = await importCourse('bees', 3)
  ants = await importCourse('ants', 2)
  for (const { id } of [bees, ants])
    await as('ada', `/courses/${id}/enrolments`, {
      body: { role: 'learner', people: ['tom', 'lea', 'ole'].map((name) => ({ email: `${name}@hill.example` })) }
    })
  for (const name of ['tom', 'lea', 'ole']) await visit(name, bees.items[0], 60)
  await visit('tom', ants.items[0], 60)
  await rows(
    `insert into notification.mail (tenant_id, id, template, locale, "to", name, subject, text, html, state, created_at)
     values ($1, $2, 'invitation', 'en', 'waiting@hill.example', 'W', 'Waiting', 'text', '<p>text</p>', 'waiting', now())`,
    [school.hill, newId()]
  )
  const made = await json(['backup', 'create', '--type', 'full'], ['-o', 'json'])
  set = made.set.id
}, 600_000)

afterAll(async () => {
  await owner?.end()
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
  rmSync(folder, { recursive: true, force: true })
})

describe('one course of a school that goes on', { timeout: 600_000 }, () => {
  it('comes back whole with what learners had done, while other courses moved on', async () => {
    const then = await learnersIn(bees)
    await visit('tom', ants.items[1], 30)
    const [picture] = await rows<{ key: string; id: string }>(
      `select key, id from file.file where id in (select unnest(html_files) from course.item where course_id = $1)`,
      [bees.id]
    )
    await removeCourse(bees)
    await rows('update file.file set deleted_at = now() where id = $1', [picture?.id])
    rmSync(fileOf(picture?.key) ?? 'missing')
    await rows(`delete from "user".person where id = $1`, [person.ole?.id])
    const [before, elsewhere] = [await stateOf('hill'), await stateOf('dale')]
    const movedOn = await learnersIn(ants)

    const dry = await restore(['--school', 'hill', '--course', bees.id, '--dry-run'])
    expect(dry.err).not.toContain('point')
    const { plan } = JSON.parse(dry.out)
    expect([dry.exit, plan.gone, plan.filesToBringBack, plan.clashes]).toEqual([0, true, 1, []])
    const planned = new Map(plan.tables.map((table: { table: string }) => [table.table, table]))
    expect(planned.get('course.item')).toMatchObject({ add: bees.items.length, change: 0, remove: 0 })
    expect(planned.get('course.enrolment')).toMatchObject({ add: 3 })
    expect(planned.get('file.file')).toMatchObject({ change: 1 })
    expect(plan.people).toEqual([expect.stringContaining('ole <ole@hill.example>')])
    expect([await stateOf('hill'), await stateOf('dale')]).toEqual([before, elsewhere])
    expect(existsSync(join(home, 'part', 'part'))).toBe(false)

    const asked = await run(['restore', '--set', set, '--school', 'hill', '--course', 'bees'])
    expect([asked.exit, asked.err]).toEqual([64, expect.stringContaining('--yes')])
    expect(await stateOf('hill')).toEqual(before)

    const done = await restore(['--school', 'hill', '--course', 'bees', '--yes'])
    expect([done.exit, done.err]).toEqual([0, expect.stringContaining('Making the point before-course-')])
    const report = JSON.parse(done.out)
    expect(report).toMatchObject({ changed: true, gone: true, files: { restored: 1, faults: [] } })
    const now = await learnersIn(bees)
    const others = (list: object[]) => list.filter((row) => !('user_id' in row) || row.user_id !== person.ole?.id)
    expect(now.enrolments).toEqual(others(then.enrolments))
    expect(now.progress).toEqual(others(then.progress))
    expect(now.visits).toEqual(others(then.visits))
    expect(await learnersIn(ants)).toEqual(movedOn)
    expect(await stateOf('dale')).toEqual(elsewhere)
    // The server that runs shows it at once.
    expect(JSON.stringify(await as('tom', `/items/${bees.items[0]}`))).toContain('picture')
    expect((await as('tom', `/courses/${bees.id}/home`)).units[0].items).toHaveLength(bees.items.length)
    expect(readFileSync(fileOf(picture?.key) ?? 'missing', 'utf8')).toContain('bees')
    const { sets } = await json(['backup', 'list'], ['-o', 'json'])
    expect(sets.map(({ point }: { point: string | null }) => point)).toEqual([null, report.point])
    const [written] = await rows<{ action: string; subject: string }>(
      'select action, subject, details from platform.audit order by seq desc limit 1'
    )
    expect(written).toMatchObject({ action: 'backup.part-restored', subject: 'the course bees of hill' })
    expect((await run(['audit', 'verify'])).exit).toBe(0)
  })

  it('goes back in its pages, while what learners did since stays', async () => {
    const [spoiled = ''] = bees.items
    const page = await as('ada', `/items/${spoiled}/page`)
    await as('ada', `/items/${spoiled}/page`, {
      method: 'PUT',
      body: { html: '<p>Spoiled</p>' },
      etag: `"${page.version}"`
    })
    const course = await as('ada', `/courses/${bees.id}`)
    await as('ada', `/courses/${bees.id}`, {
      method: 'PATCH',
      body: { title: 'Spoiled too' },
      etag: `"${course.version}"`
    })
    const added = await as('ada', `/units/${bees.unit}/items`, {
      body: { kind: 'page', title: 'New', html: '<p>x</p>' }
    })
    await visit('tom', added.id, 20)
    await visit('lea', bees.items[1], 40)
    const since = await learnersIn(bees)

    const done = await restore(['--school', 'hill', '--course', bees.id, '--yes'])
    expect([done.exit, done.err]).toEqual([0, expect.stringContaining('Making the point before-course-')])
    const report = JSON.parse(done.out)
    expect(report).toMatchObject({ gone: false, point: expect.stringMatching(/^before-course-/) })
    expect(report.tables).toContainEqual(
      expect.objectContaining({ table: 'course.item', remove: 1, binned: true, removed: ['New'] })
    )
    expect(await learnersIn(bees)).toEqual(since)
    expect((await as('ada', `/courses/${bees.id}`)).title).toBe('bees')
    const back = await as('ada', `/items/${spoiled}/page`)
    expect(back.html).toBe(page.html)
    expect(back.version).toBeGreaterThan(page.version + 1)
    const { entries } = await as('ada', `/items/${spoiled}/page/revisions`)
    expect(entries.slice(0, 2)).toMatchObject([{ version: back.version }, { html: '<p>Spoiled</p>' }])
    const { units } = await as('tom', `/courses/${bees.id}/home`)
    expect(units[0].items.map(({ id }: { id: string }) => id)).toEqual(bees.items)
    // Nothing of what was made since is lost.
    await as('ada', `/items/${added.id}/restoration`, { method: 'PUT' })
    const outline = await as('tom', `/courses/${bees.id}/home`)
    expect(outline.units[0].items.map(({ id }: { id: string }) => id)).toEqual([...bees.items, added.id])
    expect(await rows('select seconds from course.progress where item_id = $1', [added.id])).toEqual([{ seconds: 20 }])

    const again = JSON.parse((await restore(['--school', 'hill', '--course', bees.id, '--dry-run'])).out)
    const changes = again.plan.tables.filter(
      ({ add, change, remove }: { add: number; change: number; remove: number }) => add + change + remove > 0
    )
    expect(changes).toMatchObject([{ table: 'course.item', add: 0, change: 0, remove: 1, removed: ['New'] }])

    // And to before it, by the point that was made.
    const undone = [
      'restore',
      '--point',
      report.point,
      '--school',
      'hill',
      '--course',
      bees.id,
      '--yes',
      '--without-point'
    ]
    expect((await json(undone, ['-o', 'json'])).point).toBeNull()
    expect((await as('ada', `/items/${spoiled}/page`)).html).toBe('<p>Spoiled</p>')
    expect((await as('ada', `/courses/${bees.id}`)).title).toBe('Spoiled too')
    expect(await learnersIn(bees)).toEqual(since)
  })

  it('is left alone where no point can be made to go back to', async () => {
    await json(['backup', 'setup', '--offsite', 'elsewhere'], ['-o', 'json'])
    await json(['backup', 'create'], ['-o', 'json'])
    const before = await stateOf('hill')
    renameSync(join(folder, 'repository'), join(folder, 'away'))
    const refused = await restore(['--school', 'hill', '--course', bees.id, '--yes'])
    renameSync(join(folder, 'away'), join(folder, 'repository'))
    expect([refused.exit, JSON.parse(refused.out).error]).toMatchObject([
      1,
      { code: 'backup.repository-unreachable', message: expect.stringContaining('--without-point') }
    ])
    expect(await stateOf('hill')).toEqual(before)
  })

  it('is as it was when the command was killed in the middle', async () => {
    await rows(`update course.course set title = 'Spoiled' where id = $1`, [bees.id])
    await rows(`update course.item set title = 'Spoiled' where course_id = $1`, [bees.id])
    const before = await stateOf('hill')
    const inTheWay = new pg.Client({ connectionString: inDatabase((await findRunningPostgres(home))?.url ?? '') })
    await inTheWay.connect()
    inTheWay.on('error', () => undefined)
    // What was done is written down last, when every row has been.
    await inTheWay.query('select pg_advisory_lock(4711)')
    await rows(`create function public.wait() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock(4711); return new; end $$`)
    await rows(`create trigger wait before insert on platform.audit for each row
      when (new.action = 'backup.part-restored') execute function public.wait()`)
    const child = launch(['restore', '--set', set, '--school', 'hill', '--course', bees.id, '--yes', '--without-point'])
    child.stdout?.resume()
    let err = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      err += chunk.toString()
    })
    for (;;) {
      const [waiting] = await rows(
        `select from pg_stat_activity where application_name = 'lyceum restore' and wait_event = 'advisory'
         and exists (select from pg_locks where pid = pg_stat_activity.pid and relation = 'course.item'::regclass and mode = 'ExclusiveLock')`
      )
      if (waiting) break
      if (child.exitCode !== null) throw new Error(err)
      await sleep(50)
    }
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
    await inTheWay.end()
    await rows('drop function public.wait() cascade')
    while ((await rows(`select from pg_stat_activity where application_name = 'lyceum restore'`)).length > 0)
      await sleep(50)
    expect(await stateOf('hill')).toEqual(before)

    const done = await restore(['--school', 'hill', '--course', bees.id, '--yes', '--without-point'])
    expect(done.exit).toBe(0)
    expect(existsSync(join(home, 'part', 'part'))).toBe(false)
    expect((await as('ada', `/courses/${bees.id}`)).title).toBe('bees')
  })
})

describe('one school among others', { timeout: 600_000 }, () => {
  it('goes back, while another keeps what it did since', async () => {
    await rows(`update "user".person set name = 'Nobody', password_hash = 'changed since' where id = $1`, [
      person.lea?.id
    ])
    await rows(`delete from "user".person where id = $1`, [person.ole?.id])
    await invite('new', 'hill')
    await rows(`update course.course set title = 'Spoiled' where tenant_id = $1`, [school.hill])
    await invite('dora', 'dale')
    const elsewhere = await stateOf('dale')
    const [signedIn] = await rows<{ count: number }>(
      `select count(*)::int from "user".sign_in where tenant_id = $1 and user_id <> $2`,
      [school.hill, person.new?.id]
    )

    const done = await restore(['--school', 'hill', '--yes', '--without-point'])
    expect(done.exit).toBe(0)
    expect(JSON.parse(done.out).tables).toContainEqual(
      expect.objectContaining({ table: '"user".person', add: 1, change: 1, remove: 1 })
    )
    expect(await stateOf('dale')).toEqual(elsewhere)
    expect(await rows(`select name, password_hash from "user".person where id = $1`, [person.lea?.id])).toEqual([
      { name: 'lea', password_hash: 'changed since' }
    ])
    const people = await rows<{ name: string }>(`select name from "user".person where tenant_id = $1 order by name`, [
      school.hill
    ])
    expect(people.map(({ name }) => name)).toEqual(['ada', 'lea', 'ole', 'tom'])
    expect(await rows(`select count(*)::int from "user".sign_in where tenant_id = $1`, [school.hill])).toEqual([
      signedIn
    ])
    // Whoever is not there any more is let in no more.
    expect((await ask('hill', '/me', { token: person.new?.token ?? '' })).status).toBe(401)
    expect((await as('ada', `/courses/${bees.id}`)).title).toBe('bees')
    const again = JSON.parse((await restore(['--school', 'hill', '--dry-run'])).out)
    expect(
      again.plan.tables.filter(
        ({ add, change, remove }: { add: number; change: number; remove: number }) => add + change + remove > 0
      )
    ).toEqual([])
  })

  it('that is gone comes back whole, unless another has its name', async () => {
    const tables = Object.keys(await stateOf('hill'))
    await rows('set session_replication_role = replica')
    for (const table of tables) await rows(`delete from ${table} where tenant_id = $1`, [school.hill])
    await rows('delete from "user".tenant where id = $1', [school.hill])
    await rows('set session_replication_role = default')
    await json([
      ...['school', 'create', '--name', 'Usurper', '--slug', 'hill', '--host', 'usurper.localhost'],
      ...['--admin-name', 'Uma', '--admin-email', 'uma@usurper.example']
    ])
    const before = await rows('select slug, name from "user".tenant order by 1')

    const refused = await restore(['--school', 'hill', '--yes', '--without-point'])
    expect([refused.exit, JSON.parse(refused.out).error]).toMatchObject([
      3,
      { code: 'backup.part-clash', message: expect.stringContaining('"user".tenant: slug=hill') }
    ])
    expect(await rows('select slug, name from "user".tenant order by 1')).toEqual(before)
    expect(Object.values(await stateOf('hill')).join('')).toBe('')

    await rows(`update "user".tenant set slug = 'usurper' where name = 'Usurper'`)
    const done = await restore(['--school', 'hill', '--yes'])
    expect([done.exit, JSON.parse(done.out).gone]).toEqual([0, true])
    for (const name of ['ada', 'tom']) {
      const token = await signIn('hill', `${name}@hill.example`)
      person[name] = { id: '', email: '', school: 'hill', token }
    }
    expect((await as('tom', `/courses/${bees.id}/home`)).units[0].items).toHaveLength(bees.items.length)
    expect(await rows(`select host from "user".tenant_host where tenant_id = $1`, [school.hill])).toEqual([
      { host: 'hill.localhost' }
    ])
    const held = async () =>
      (await json(['mail', 'held', '--school', 'hill'])).held.filter(
        ({ to }: { to: string }) => to === 'waiting@hill.example'
      )
    expect(await held()).toMatchObject([{ subject: 'Waiting', error: expect.stringContaining('may have left since') }])
    expect((await run(['mail', 'release'])).exit).toBe(1)
    expect(await json(['mail', 'release', '--all'])).toEqual({ released: 1 })
    // There is no mail server here, so that is where it waits now.
    await expect.poll(held, { timeout: 30_000 }).toMatchObject([{ error: null }])
    expect((await run(['audit', 'verify'])).exit).toBe(0)
  })
})
