import { buffer } from 'node:stream/consumers'
import { verifyChain } from '@lyceum/platform/audit-chain'
import { readAudit } from '@lyceum/platform/audit-log'
import type { Columns, TablePolicy } from '@lyceum/platform/column-policy'
import { kept } from '@lyceum/platform/column-policy'
import { readCopyMark } from '@lyceum/platform/copy-mark'
import { allColumns, COURSE_MEDIA } from '@lyceum/server/columns'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Anonymised, anonymise, type Copy } from './anonymise.ts'
import { findPlanted } from './testing/find-planted.ts'
import { type PlantedCopies, type PlantedCopy, startPlantedCopies } from './testing/planted-copies.ts'

let copies: PlantedCopies
beforeAll(async () => {
  copies = await startPlantedCopies(12)
}, 120_000)
afterAll(() => copies.close())

const run = ({ connection, storage, home }: PlantedCopy, changed: Partial<Copy> = {}): Promise<Anonymised> =>
  anonymise({
    connection,
    storage,
    home,
    columns: allColumns,
    keptFiles: null,
    domain: 'localhost',
    now: () => new Date(),
    tell: () => undefined,
    ...changed
  })

describe('an anonymised copy', () => {
  let copy: PlantedCopy
  let done: Anonymised
  const before: Record<string, unknown[]> = {}
  const rows = async (text: string): Promise<Record<string, unknown>[]> =>
    (await copy.connection.query<Record<string, unknown>>(text)).rows
  const QUESTIONS = {
    people: 'select role, operator, created_at from "user".person order by role, operator',
    counts: `select (select count(*) from course.enrolment)::int as enrolments, (select count(*) from course.progress)::int as progress,
      (select count(*) from file.file where state <> 'receiving')::int as files`,
    tags: `select string_agg(regexp_replace(regexp_replace(html, '(href|src|alt|title|id)="[^"]*"', '', 'g'), '>[^<]*<', '><', 'g'), '|' order by kind) as tags from course.item`,
    types: 'select media_type, width, height from file.file where key is not null order by media_type'
  }

  beforeAll(async () => {
    copy = await copies.copy()
    const { people, secrets } = copies.plants
    const found = new Set(await findPlanted(copy.connection, copy.storage, copies.plants))
    expect(people.filter((who) => !found.has(who.email) && !found.has(who.name))).toEqual([])
    expect(secrets.filter((secret) => !found.has(secret))).toEqual([])
    await copy.connection.query(`
      create function platform.refuse() returns trigger language plpgsql as 'begin raise exception $r$never changed$r$; end';
      create trigger kept before update or delete on platform.audit for each row execute function platform.refuse();
      alter table platform.audit enable always trigger kept`)
    for (const [name, question] of Object.entries(QUESTIONS)) before[name] = await rows(question)
    done = await run(copy)
  }, 120_000)

  it('holds nobody any more, in rows, statistics, files, pages and log, and says so', async () => {
    expect(done.findings).toEqual([])
    expect(await findPlanted(copy.connection, copy.storage, copies.plants)).toEqual([])
    expect(done.open).toEqual([])
    expect(done.columns).toBeGreaterThan(200)
    // Some are in files alone.
    expect(done.removed.email).toBeGreaterThan(copies.plants.people.length * 0.6)
    expect((await readCopyMark(copy.connection))?.state).toBe('clean')
  })

  it('is as large and as old as before, of the same kinds and shapes', async () => {
    for (const [name, question] of Object.entries(QUESTIONS)) expect(await rows(question), name).toEqual(before[name])
  })

  it('names the same person the same everywhere, and no two alike', async () => {
    expect(
      await rows(`select count(*)::int as people, count(distinct email_key)::int as addresses,
        count(*) filter (where email_key = lower(person.email))::int as folded, count(copy.user_id)::int as copies,
        count(*) filter (where email_key ~ '^[a-z]+([.][a-z]+)*[.][a-z0-9]{4}@[a-z-]+[.]example$')::int as "nobodys"
        from "user".person left join course.person copy on copy.tenant_id = person.tenant_id and copy.user_id = person.id
          and copy.name = person.name and lower(copy.email) = person.email_key`)
    ).toEqual([{ people: 16, addresses: 16, folded: 16, copies: 16, nobodys: 16 }])
    expect(await rows(`select count(*)::int as count from "user".person where name ~ '[\u0600-\u06ff]'`)).toEqual([
      { count: 4 }
    ])
    const [event] = await rows(`select payload from platform.outbox where name = 'user.person-changed'`)
    expect(event?.payload).toMatchObject({ role: 'learner', status: 'active' })
    expect(
      await rows(
        `select count(*)::int as people from platform.outbox join "user".person on person.id = (payload ->> 'userId')::uuid`
      )
    ).toEqual([{ people: 1 }])
  })

  it('keeps its audit log whole, and finds people by their new names', async () => {
    expect(verifyChain(await readAudit(copy.connection))).toEqual([])
    await expect(rows('delete from platform.audit')).rejects.toThrow('never changed')
    expect(await rows(`select tgenabled::text as enabled from pg_trigger where tgname = 'kept'`)).toEqual([
      { enabled: 'A' }
    ])
    expect(
      await rows(`select count(distinct user_id)::int as people from "user".person_word join "user".person on id = user_id
        where position(word in lower(person.email)) > 0`)
    ).toEqual([{ people: 16 }])
  })

  it('opens one account for each school and role, and no other', async () => {
    expect(done.signIns.map(({ role, operator }) => `${role}${operator ? ' operator' : ''}`).sort()).toEqual(
      ['administrator operator', 'assistant', 'learner', 'observer', 'teacher'].sort()
    )
    expect(await rows('select count(*)::int as open from "user".person where password_hash is not null')).toEqual([
      { open: 5 }
    ])
    expect(new Set(done.signIns.map(({ password }) => password)).size).toBe(5)
    for (const { host } of done.signIns) expect(host).toMatch(/^[a-z-]+\.localhost$/)
  })

  it('serves files that open, and has no others', async () => {
    const files = await copy.connection.query<{ key: string; size: string; media_type: string }>(
      'select key, size, media_type from file.file where key is not null'
    )
    const stored: string[] = []
    for await (const { key } of copy.storage.list()) stored.push(key)
    expect(stored.sort()).toEqual(files.rows.map(({ key }) => key).sort())
    const { default: sharp } = await import('sharp')
    for (const { key, size, media_type } of files.rows) {
      const bytes = await buffer(await copy.storage.read(key))
      expect(bytes.length).toBe(Number(size))
      if (media_type === 'image/jpeg')
        expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 120 })
      if (media_type === 'text/vtt') expect(bytes.toString()).toMatch(/^WEBVTT\n\n1\n00:00:01\.000 --> 00:00:04\.000\n/)
      if (media_type === 'application/pdf') expect(bytes.toString('latin1')).toMatch(/^%PDF-1\.4[\s\S]*%%EOF\n$/)
    }
  })
})

const changedIn = (all: Columns, table: string, change: (policy: TablePolicy) => TablePolicy): Columns => {
  const policy = all[table]
  if (!policy) throw new Error(`no ${table}`)
  return { ...all, [table]: change(policy) }
}

/** One of each kind of column. */
const FORGOTTEN = [
  ['course.item', 'note'],
  ['course.item', 'html'],
  ['course.people_import_row', 'errors'],
  ['notification.mail', 'to'],
  ['platform.outbox', 'payload'],
  ['"user".person', 'name'],
  ['"user".tenant_host', 'host'],
  ['"user".identity', 'subject'],
  ['course.join_link', 'token'],
  ['course.enrolment', 'user_id']
] as const

describe('the scan', { timeout: 120_000 }, () => {
  it('finds each column that nobody thought of, and never says whom', async () => {
    const copy = await copies.copy()
    const columns = FORGOTTEN.reduce(
      (all, [table, column]) =>
        changedIn(all, table, (policy) =>
          'columns' in policy ? { ...policy, columns: { ...policy.columns, [column]: kept('forgotten') } } : policy
        ),
      allColumns
    )
    const { findings } = await run(copy, { columns })
    const found = new Set(findings.map(({ place, column }) => `${place}.${column}`))
    expect(FORGOTTEN.filter(([table, column]) => !found.has(`${table}.${column}`))).toEqual([])
    expect(JSON.stringify(findings)).not.toMatch(/planted-|Quastenbergh/i)
    expect((await readCopyMark(copy.connection))?.state).toBe('not-clean')
  })

  it('finds a single one, and in nothing else', async () => {
    const copy = await copies.copy()
    const columns = changedIn(allColumns, 'course.unit', (policy) =>
      'columns' in policy ? { ...policy, columns: { ...policy.columns, title: kept('forgotten') } } : policy
    )
    const places = (await run(copy, { columns })).findings.map(({ place }) => place)
    expect(places).toContain('course.unit')
    expect(places.filter((place) => !/course\.unit|pg_statistic|pg_wal|pg_toast/.test(place))).toEqual([])
  })

  it('finds a table that was not emptied', async () => {
    const copy = await copies.copy()
    const columns = changedIn(allColumns, '"user".sign_in', () => ({
      columns: Object.fromEntries(
        'tenant_id id user_id method refresh_digest previous_digest rotated_at device address created_at last_used_at expires_at remembered ended_at ended_because'
          .split(' ')
          .map((name) => [name, name.endsWith('id') ? { kind: 'replaced', by: 'id' } : kept('forgotten')] as const)
      )
    }))
    const found = (await run(copy, { columns })).findings.filter(({ place }) => place === '"user".sign_in')
    expect(found.map(({ column }) => column)).toEqual(expect.arrayContaining(['device', 'refresh_digest', 'address']))
  })

  it('finds bytes that were not removed', async () => {
    const copy = await copies.copy()
    const storage = { ...copy.storage, delete: async () => undefined }
    const found = (await run(copy, { storage })).findings
    expect(found.filter(({ place }) => !place.startsWith('file '))).toEqual([])
    expect(found.some(({ place }) => place.endsWith('notes.txt'))).toBe(true)
  })

  it('finds people in media that were kept', async () => {
    const copy = await copies.copy()
    const { findings, keptFiles } = await run(copy, { keptFiles: COURSE_MEDIA })
    expect(keptFiles).toBe(5)
    expect(findings.length).toBeGreaterThan(0)
    expect(findings.filter(({ place }) => !place.startsWith('file '))).toEqual([])
  })
})

it('is done by a role that owns nothing but the database, which is told what it could not look at', {
  timeout: 120_000
}, async () => {
  const own = await startPlantedCopies(4, { superuser: false })
  try {
    const copy = await own.copy()
    const done = await run(copy)
    expect(done.findings).toEqual([])
    expect(await findPlanted(copy.connection, copy.storage, own.plants)).toEqual([])
    expect(done.open).toEqual([
      expect.stringContaining('write-ahead log'),
      expect.stringContaining('files of the database')
    ])
  } finally {
    await own.close()
  }
})
