import type { TestPerson, TestSchool, TestServer } from '@lyceum/server/testing'

/** Ids by the name of the path parameter; tokens by that and the beginning of their path. */
export type Objects = Readonly<Record<string, string>>

export interface OneOfEach {
  readonly school: TestSchool
  readonly administrator: TestPerson
  readonly teacher: TestPerson
  readonly learner: TestPerson
  readonly objects: Objects
}

/** A school that has one of everything that an address can name. */
export async function makeOneOfEach(server: TestServer): Promise<OneOfEach> {
  const school = await server.newSchool()
  const administrator = await school.person('administrator', 'ada')
  const teacher = await school.person('teacher', 'tomas')
  const learner = await school.person('learner', 'lena')
  const { course } = teacher.api
  const { id: courseId } = await course.createCourse({ title: 'Algebra' })
  const { units } = await course.getCourseHome({ courseId })
  const unitId = units[0]?.id ?? ''
  const { id: itemId } = await course.createItem({ unitId, kind: 'page', title: 'Sets', html: '<p>Sets</p>' })
  const { enrolled } = await course.enrolPeople({ courseId, role: 'learner', people: [{ email: learner.email }] })
  const link = await course.createJoinLink({ courseId, role: 'learner' })
  const peopleImport = await course.createPeopleImport({
    fileName: 'people.csv',
    csv: 'name,email\nNoor,noor@example.test\n',
    courseId
  })
  const provider = await administrator.api.user.createIdentityProvider({
    name: 'Firebase',
    kind: 'firebase',
    projectId: 'demo-project',
    createAccounts: false
  })
  const invited = await administrator.api.user.invitePerson({
    name: 'Ines',
    email: 'ines@example.test',
    role: 'learner'
  })
  const entry = await administrator.api.course.createCalendarEntry({
    kind: 'term',
    title: 'Autumn',
    startsOn: '2026-09-01',
    endsOn: '2026-12-18'
  })
  await school.anyone.user.requestPasswordReset({ email: learner.email })
  const { entries: mails } = await administrator.api.notification.listMails({})
  const { rows: files } = await server.owner.query(
    `insert into file.file (tenant_id, id, name, media_type, size, sha256, state, created_by, created_at) values ($1, gen_random_uuid(), 'a.png', 'image/png', 1, 'x', 'ready', $2, now()) returning id`,
    [school.id, teacher.id]
  )
  const { rows: signIns } = await server.owner.query(
    `insert into "user".sign_in (tenant_id, id, user_id, method, refresh_digest, rotated_at, device, address, created_at, last_used_at, expires_at)
     values ($1, gen_random_uuid(), $2, 'password', 'x', now(), 'Firefox', '127.0.0.1', now(), now(), now() + interval '1 day') returning id`,
    [school.id, learner.id]
  )
  await server.worker.pool.query(
    `select graphile_worker.add_job('course.import-course', json_build_object('tenantId', $1::text, 'payload', '{}'::json), run_at => now() + interval '1 day')`,
    [school.id]
  )
  const { rows: queued } = await server.worker.pool.query(
    `select id::text from graphile_worker._private_jobs where payload->>'tenantId' = $1 order by id desc limit 1`,
    [school.id]
  )
  const tokenOf = (text: string | undefined) => /\/(?:invitation|reset-password)\/([\w-]+)/.exec(text ?? '')?.[1] ?? ''
  const objects = {
    courseId,
    unitId,
    itemId,
    enrolmentId: enrolled[0]?.id ?? '',
    joinLinkId: link.id,
    userId: learner.id,
    providerId: provider.id,
    entryId: entry.id,
    fileId: String(files[0]?.id),
    signInId: String(signIns[0]?.id),
    mailId: mails[0]?.id ?? '',
    jobId: String(queued[0]?.id),
    tenantId: school.id,
    importId: peopleImport.id,
    'token /join': link.url.split('/').at(-1) ?? '',
    'token /invitations': tokenOf(mails.find(({ to }) => to === invited.email)?.text),
    'token /auth/password-resets': tokenOf(mails.find(({ to }) => to === learner.email)?.text),
    'token /auth/email-verifications': tokenOf(mails.find(({ to }) => to === invited.email)?.text)
  }
  return { school, administrator, teacher, learner, objects }
}

/** '/courses/:courseId' → '/courses/0189…' */
export const addressWith = (objects: Objects, path: string): string =>
  path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(objectFor(objects, path, name)))

export function objectFor(objects: Objects, path: string, name: string): string {
  const value = objects[name] ?? objects[`${name} ${path.slice(0, path.indexOf('/:'))}`]
  if (!value) throw new Error(`There is no ${name} for ${path}: make one in makeOneOfEach`)
  return value
}
