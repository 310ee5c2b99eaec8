import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Connection } from '@lyceum/platform/copy-mark'
import { newId } from '@lyceum/platform/id'
import type { Storage } from '@lyceum/platform/storage'
import pg from 'pg'
import sharp from 'sharp'
import { ZipFile } from 'yazl'

/** Somebody who does not exist and must not be found afterwards. */
export interface Planted {
  readonly name: string
  readonly email: string
  readonly phone: string
}

const FIRST = [
  'Wilhelmine',
  'Ngozi',
  'Søren',
  'Zbigniew',
  'Ximena',
  'Thandiwe',
  'Yevgenia',
  'Xóchitl',
  'Quentin',
  'Aoife'
]
const LAST = [
  'Quastenbergh',
  'Vasilopoulos',
  'Okonkwo-Ó Dálaigh',
  'Szczepańska',
  'Tshabalala',
  'Røyksund',
  'Fitzwarren',
  'Yıldırımoğlu'
]
const ARABIC_FIRST = ['عبدالرحيم', 'نورالهدى', 'زينب', 'معاوية', 'هاجر']
const ARABIC_LAST = ['الزهراوي', 'بنعبدالله', 'القيرواني', 'المراكشي']

/** The person of a number: names of several scripts, each address and telephone number once. */
export function personOf(number: number): Planted {
  const at = <Item>(list: readonly Item[], place: number): Item => {
    const one = list[place % list.length]
    if (one === undefined) throw new Error('empty list')
    return one
  }
  const isArabic = number % 4 === 3
  const name = isArabic
    ? `${at(ARABIC_FIRST, number)} ${at(ARABIC_LAST, Math.floor(number / 5))}`
    : `${at(FIRST, number)} ${at(LAST, Math.floor(number / 10))}`
  return {
    name,
    email: `person.${number}.zq@planted-${number % 7}.edu`,
    phone: `+49 171 ${String(5_550_000 + number)}`
  }
}

/** Every way in which somebody has been seen to be written down. */
export const WRITINGS: readonly ((who: Planted) => string)[] = [
  ({ name, email, phone }) => `Please ask ${name} <${email}> or call ${phone} before Friday.`,
  ({ name, email }) =>
    `https://old.planted-host.edu/people/${encodeURIComponent(name)}?to=${encodeURIComponent(email)}`,
  ({ name, email }) => `state=${Buffer.from(`${name}|${email}`).toString('base64')}`,
  ({ name, email }) =>
    `${[...name].map((letter) => `&#x${(letter.codePointAt(0) ?? 0).toString(16)};`).join('')} &lt;${email}&gt;`,
  ({ name, email }) =>
    `${[...name].map((letter) => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join('')} ${email.toUpperCase()}`,
  ({ name, email }) => `${name.split(' ').reverse().join(', ')} (${email.replace('@', '%40')})`
]

export interface Plants {
  /** Everybody who was planted somewhere. */
  readonly people: readonly Planted[]
  /** Values that say who somebody is without being a name. */
  readonly secrets: readonly string[]
  readonly tenantId: string
}

/** Fills every table and every kind of file with people; on a migrated and empty database. */
export async function plant(connection: Connection, storage: Storage, learners: number): Promise<Plants> {
  const people: Planted[] = []
  const secrets: string[] = []
  let number = 0
  const next = (): Planted => {
    const one = personOf(number++)
    people.push(one)
    return one
  }
  let writing = 0
  const about = (): string => WRITINGS[writing++ % WRITINGS.length]?.(next()) ?? ''
  const html = (): string => {
    const who = next()
    return `<h2 id="${who.name.replaceAll(' ', '-')}">About ${who.name}</h2><p title="${who.email}">Write to <a href="mailto:${who.email}">${who.name}</a> &amp; others. <img src="file:${files.picture}" alt="${who.name}"> <code class="language-js">call("${who.phone}")</code> ${about().replaceAll('<', '&lt;')}</p>`
  }
  const secret = (): string => {
    const made = createHash('sha256').update(`secret ${secrets.length}`).digest('base64url')
    secrets.push(made)
    return made
  }
  const insert = async (table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> => {
    for (const row of rows) {
      const names = Object.keys(row)
      await connection.query(
        `insert into ${table} (${names.map((name) => pg.escapeIdentifier(name)).join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
        Object.values(row)
      )
    }
  }
  const now = new Date('2026-11-23T10:00:00Z')
  const tenantId = newId()
  await connection.query('begin')
  const files = {
    picture: newId(),
    page: newId(),
    archive: newId(),
    pdf: newId(),
    captions: newId(),
    drawing: newId(),
    notes: newId()
  }

  await insert('"user".tenant', [
    {
      id: tenantId,
      slug: 'quastenbergh-academy',
      name: 'Quastenbergh Academy',
      logo_file_id: files.drawing,
      created_at: now
    },
    { id: newId(), slug: 'zahrawi', name: 'أكاديمية الزهراوي', locale: 'ar', created_at: now }
  ])
  await insert('"user".tenant_host', [
    { host: 'learn.quastenbergh-academy.edu', tenant_id: tenantId },
    { host: 'www.zahrawi-academy.org', tenant_id: tenantId }
  ])
  await connection.query(`select set_config('app.tenant_id', $1, false)`, [tenantId])

  const roles = [
    'administrator',
    'teacher',
    'assistant',
    'observer',
    ...Array.from({ length: learners }, () => 'learner')
  ]
  const persons = roles.map((role, at) => ({ id: newId(), role, who: next(), operator: at === 0 }))
  await insert(
    '"user".person',
    persons.map(({ id, role, who, operator }) => ({
      id,
      name: who.name,
      email: who.email.replace('person', 'Person'),
      email_key: who.email,
      password_hash: secret(),
      role,
      operator,
      locale: 'en',
      activated_at: now,
      created_at: now
    }))
  )
  const ids = persons.map(({ id }) => id)
  const [admin = '', teacher = ''] = ids
  const learner = ids.at(-1) ?? ''
  await insert(
    'course.person',
    persons.map(({ id, who }) => ({ user_id: id, name: who.name, email: who.email, active: true }))
  )
  await insert(
    '"user".person_word',
    persons.map(({ id, who }) => ({ word: who.name.toLowerCase().split(' ').at(-1), user_id: id }))
  )
  await insert('"user".sign_in', [
    {
      id: newId(),
      user_id: learner,
      method: 'password',
      refresh_digest: secret(),
      previous_digest: secret(),
      rotated_at: now,
      device: about(),
      address: '198.18.44.7',
      created_at: now,
      last_used_at: now,
      expires_at: now
    }
  ])
  await insert('"user".revocation', [{ id: newId(), user_id: learner, issued_before: now, expires_at: now }])
  await insert('"user".secret_link', [
    { digest: secret(), user_id: learner, purpose: 'invitation', created_at: now, expires_at: now }
  ])
  await insert('"user".throttle', [{ subject: about(), failures: 3, first_at: now, last_at: now }])
  const provider = newId()
  await insert('"user".identity_provider', [
    {
      id: provider,
      kind: 'oidc',
      name: about(),
      issuer: 'https://login.quastenbergh-academy.edu/realms/zahrawi',
      client_id: secret(),
      client_secret: secret(),
      project_id: secret(),
      created_at: now
    }
  ])
  await insert('"user".identity', [{ provider_id: provider, subject: next().email, user_id: learner, created_at: now }])
  await insert('"user".provider_sign_in', [
    {
      state_digest: secret(),
      provider_id: provider,
      code_verifier: secret(),
      nonce: secret(),
      return_to: about(),
      expires_at: now
    }
  ])
  await insert('"user".activity_hour', [{ hour: now, people: 4 }])

  await plantFiles(insert, storage, { tenantId, admin, now, files, next, about })

  const course = newId()
  await insert('course.course', [
    {
      id: course,
      title: about(),
      code: 'QB-1',
      description: about(),
      color: '#1f5f5b',
      cover_file_id: files.picture,
      created_at: now,
      created_by: teacher,
      published_at: now,
      published_by: teacher
    },
    {
      id: newId(),
      title: 'مقدمة في علم الفلك عند العرب القدماء',
      description: about(),
      color: '#1f5f5b',
      created_at: now
    }
  ])
  const unit = newId()
  await insert('course.unit', [{ id: unit, course_id: course, title: about(), rank: 'a0', requires: [unit] }])
  const items = ['page', 'video', 'file', 'link', 'heading'].map((kind) => ({ id: newId(), kind }))
  await insert(
    'course.item',
    items.map(({ id, kind }, at) => ({
      id,
      course_id: course,
      unit_id: unit,
      kind,
      title: about(),
      rank: `a${at}`,
      completion: JSON.stringify({ kind: 'time', seconds: 30 }),
      requires: items.slice(0, at).map((item) => item.id),
      file_id: kind === 'video' ? files.page : kind === 'file' ? files.archive : null,
      url: kind === 'link' ? about().replaceAll(' ', '-') : null,
      note: about(),
      captions: JSON.stringify([{ fileId: files.captions, locale: 'en', label: about() }]),
      html: html(),
      html_files: [files.picture],
      html_saved_at: now,
      html_saved_by: teacher
    }))
  )
  const [page = { id: '' }] = items
  await insert('course.page_revision', [
    { item_id: page.id, version: 1, html: html(), begun_at: now, saved_at: now, saved_by: teacher }
  ])
  await insert(
    'course.enrolment',
    ids.slice(1).map((user) => ({
      id: newId(),
      course_id: course,
      user_id: user,
      role: user === teacher ? 'teacher' : 'learner',
      observes: [learner],
      enrolled_at: now,
      enrolled_by: teacher,
      last_item_id: page.id,
      next_item_id: page.id
    }))
  )
  await insert(
    'course.progress',
    ids.slice(4).map((user) => ({
      course_id: course,
      user_id: user,
      item_id: page.id,
      watched: '[[0,12.5],[20,44]]',
      position: '{"block":3,"offset":0.5}',
      updated_at: now
    }))
  )
  await insert('course.visit', [{ user_id: learner, item_id: page.id, id: newId(), seconds: 5, updated_at: now }])
  await insert('course.join_link', [
    { id: newId(), course_id: course, token: secret(), role: 'learner', created_at: now, created_by: teacher }
  ])
  const importId = newId()
  await insert('course.people_import', [
    {
      id: importId,
      course_id: course,
      file_name: `${next().name}.csv`,
      state: 'failed',
      message: about(),
      created_at: now,
      created_by: admin
    }
  ])
  const typed = next()
  await insert('course.people_import_row', [
    {
      import_id: importId,
      row: 1,
      name: typed.name,
      email: typed.email,
      role: about(),
      course: about(),
      outcome: 'error',
      errors: JSON.stringify([{ column: 'email', code: 'unknown', message: about() }])
    }
  ])
  await insert('course.course_import', [
    {
      id: newId(),
      file_id: files.archive,
      file_name: `course of ${next().name}.zip`,
      title: about(),
      state: 'failed',
      warnings: JSON.stringify([{ code: 'link-broken', path: `${next().name}/page.md`, message: about() }]),
      error: JSON.stringify({ code: 'failed', message: about() }),
      created_at: now,
      created_by: teacher
    }
  ])
  await insert('course.calendar_entry', [
    {
      id: newId(),
      kind: 'event',
      title: about(),
      starts_on: '2026-12-01',
      ends_on: '2026-12-02',
      freezes: true,
      margin_hours: 4,
      import_uid: next().email,
      import_part: '20261201',
      created_at: now,
      created_by: admin,
      changed_at: now,
      changed_by: admin
    }
  ])
  await insert('course.calendar_feed', [{ token: secret(), created_at: now, created_by: admin }])

  await insert('notification.notification', [
    {
      id: newId(),
      user_id: learner,
      kind: 'enrolled',
      values: JSON.stringify({ courseTitle: about(), role: 'learner' }),
      link: `/courses/${course}`,
      created_at: now
    }
  ])
  const reader = next()
  await insert('notification.mail', [
    {
      id: newId(),
      template: 'invitation',
      locale: 'en',
      to: reader.email,
      name: reader.name,
      subject: about(),
      text: about(),
      html: html(),
      link: `https://learn.quastenbergh-academy.edu/invitation/${secret()}`,
      state: 'held',
      error: about(),
      created_at: now
    }
  ])
  const told = next()
  const nested = next()
  await insert('platform.outbox', [
    {
      id: newId(),
      name: 'user.person-changed',
      payload: JSON.stringify({
        userId: learner,
        name: told.name,
        email: told.email,
        role: 'learner',
        status: 'active',
        locale: null
      }),
      occurred_at: now,
      relayed_at: now
    },
    {
      id: newId(),
      name: 'user.mail-requested',
      payload: JSON.stringify({
        template: 'invitation',
        to: told.email,
        name: told.name,
        locale: 'en',
        values: { link: about(), by: [{ [nested.email]: { deep: nested.name } }] }
      }),
      occurred_at: now,
      relayed_at: now
    }
  ])
  await insert('platform.inbox', [{ event_id: newId(), subscriber: 'course', handled_at: now }])
  await insert('platform.idempotency', [
    {
      caller_id: learner,
      key: about(),
      fingerprint: secret(),
      answer: JSON.stringify({ name: next().name }),
      created_at: now
    }
  ])
  await insert('platform.pin', [{ user_id: learner, reason: about(), release: '2026.11.1', until: now }])
  await insert('platform.audit', [
    {
      seq: 1,
      at: now,
      actor: `${next().name}@laptop`,
      action: 'maintenance.on',
      subject: about(),
      details: JSON.stringify({ message: about(), approvedBy: next().name, [next().name]: [learner] }),
      previous: '0'.repeat(64),
      hash: '1'.repeat(64)
    }
  ])
  await insert('platform.maintenance', [{ starts_at: now, message: about(), retry_after: 60, ordered_by: next().name }])
  await insert('platform.request_count', [{ slot: now, release: '2026.11.1', requests: 5, errors: 0 }])
  await connection.query(
    `select graphile_worker.add_job('user.send-password-reset', payload => $1, job_key => $2, run_at => now() + interval '1 day')`,
    [JSON.stringify({ email: next().email, origin: about() }), next().email]
  )
  await connection.query('commit')
  return { people, secrets, tenantId }
}

type Insert = (table: string, rows: readonly Readonly<Record<string, unknown>>[]) => Promise<void>

async function plantFiles(
  insert: Insert,
  storage: Storage,
  plants: {
    readonly tenantId: string
    readonly admin: string
    readonly now: Date
    readonly files: Readonly<Record<'picture' | 'page' | 'archive' | 'pdf' | 'captions' | 'drawing' | 'notes', string>>
    readonly next: () => Planted
    readonly about: () => string
  }
): Promise<void> {
  const { tenantId, admin, now, files, next, about } = plants
  const add = async (
    id: string,
    mediaType: string,
    ending: string,
    bytes: Buffer,
    size: { width: number; height: number } | null = null
  ) => {
    const stored = await storage.put(tenantId, Readable.from([bytes]))
    await insert('file.file', [
      {
        id,
        name: `${next().name}${ending}`,
        media_type: mediaType,
        size: stored.size,
        sha256: stored.sha256,
        key: stored.key,
        width: size?.width ?? null,
        height: size?.height ?? null,
        state: 'ready',
        reason: about(),
        received_at: now,
        created_at: now,
        created_by: admin
      }
    ])
    return stored
  }
  const author = next()
  const picture = await sharp({ create: { width: 120, height: 80, channels: 3, background: '#1f5f5b' } })
    .withExif({ IFD0: { Artist: author.name, Copyright: author.email } })
    .jpeg()
    .toBuffer()
  const { sha256 } = await add(files.picture, 'image/jpeg', '.jpg', picture, { width: 120, height: 80 })
  await insert('file.rendition', [{ sha256, variant: 'w320', key: null, created_at: now }])
  await add(
    files.page,
    'text/html',
    '.html',
    Buffer.from(`<!doctype html><title>${next().name}</title><p>${about()}</p>`)
  )
  await add(files.notes, 'text/plain', '.txt', Buffer.from(`${about()}\n${about()}\nملاحظات ${next().name}`))
  await add(
    files.captions,
    'text/vtt',
    '.vtt',
    Buffer.from(`WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000\nThis is ${next().name}.\n`)
  )
  await add(
    files.drawing,
    'image/svg+xml',
    '.svg',
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><text>${next().name}</text></svg>`),
    { width: 640, height: 360 }
  )
  const signer = next()
  await add(
    files.pdf,
    'application/pdf',
    '.pdf',
    Buffer.from(
      `%PDF-1.4\n1 0 obj\n<</Title(${signer.email})/Author<FEFF${Buffer.from(signer.name, 'utf16le').swap16().toString('hex')}>>>\nendobj\n%%EOF\n`
    )
  )
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from(about()), `${next().name}/notes.txt`)
  zip.end()
  const parts: Buffer[] = []
  for await (const part of zip.outputStream) parts.push(Buffer.from(part))
  await add(files.archive, 'application/zip', '.zip', Buffer.concat(parts))
  // Nobody's file any more, and still there.
  await storage.put(tenantId, Readable.from([`left behind by ${next().email}`]))
  await insert('file.file', [
    { id: newId(), name: `${next().name}.mov`, size: 10, state: 'receiving', created_at: now, created_by: admin },
    {
      id: randomUUID(),
      name: `${next().name}.exe`,
      size: 10,
      sha256: 'a'.repeat(64),
      state: 'quarantined',
      reason: about(),
      created_at: now
    }
  ])
}
