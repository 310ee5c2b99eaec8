import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { ProblemError } from '@lyceum/client'
import { ZipFile } from 'yazl'
import { type Visitor, visit } from './http-client.ts'
import { Ledger, type Register } from './ledger.ts'

/** Somebody who writes one thing after the other until the server goes away. */
export interface Writer {
  /** One write; rejects when the server is gone. */
  step(): Promise<void>
  /** After a restart: compares the value that is there with the receipts. */
  compare(): Promise<void>
}

export interface Scene {
  readonly ledger: Ledger
  readonly administrator: Visitor
  readonly teacher: Visitor
  readonly learner: Visitor
  readonly courseId: string
  readonly unitId: string
  readonly joinToken: string
}

/** A course with a unit and a join link, and a learner in it. */
export async function setScene(origin: string, signIns: DemoSignIns): Promise<Scene> {
  const [administrator, teacher, learner] = [visit(origin), visit(origin), visit(origin)]
  await signInAll({ administrator, teacher, learner }, signIns)
  const { id: courseId } = await teacher.api.course.createCourse({ title: 'Knots' })
  const { id: unitId } = await teacher.api.course.createUnit({ courseId, title: 'Bends' })
  await teacher.api.course.publishCourse({ courseId })
  await teacher.api.course.enrolPeople({ courseId, role: 'learner', people: [{ email: signIns.learner.email }] })
  const { url } = await teacher.api.course.createJoinLink({ courseId, role: 'learner' })
  const joinToken = url.slice(url.lastIndexOf('/') + 1)
  return { ledger: new Ledger(), administrator, teacher, learner, courseId, unitId, joinToken }
}

interface DemoSignIn {
  readonly email: string
  readonly password: string
}
export type DemoSignIns = Readonly<Record<'administrator' | 'teacher' | 'learner', DemoSignIn>>

/** Access tokens last a quarter of an hour. */
export async function signInAll(
  { administrator, teacher, learner }: Pick<Scene, 'administrator' | 'teacher' | 'learner'>,
  signIns: DemoSignIns
): Promise<void> {
  await administrator.signIn(signIns.administrator.email, signIns.administrator.password)
  await teacher.signIn(signIns.teacher.email, signIns.teacher.password)
  await learner.signIn(signIns.learner.email, signIns.learner.password)
}

export async function writersOf(scene: Scene): Promise<readonly Writer[]> {
  return [...creatorsOf(scene), await pages(scene), await positions(scene), imports(scene), await schoolNames(scene)]
}

/** Those who make things that can be looked for afterwards without making them again. */
export const creatorsOf = (scene: Scene): readonly Writer[] => [
  signUps(scene),
  enrolments(scene),
  items(scene),
  completions(scene),
  uploads(scene)
]

const nothingToCompare = async () => undefined

function signUps({ ledger, teacher, courseId, joinToken }: Scene): Writer {
  return {
    compare: nothingToCompare,
    step: async () => {
      const email = `${randomUUID()}@learners.example`
      const password = 'a boat in the morning fog'
      const anyone = visit(teacher.origin)
      const signUp = () =>
        anyone.api.course.signUpAndJoin({ token: joinToken, name: 'A. Learner', email, password }).then(() => undefined)
      await ledger.create(
        {
          what: `sign-up ${email}`,
          // No key without an account: the account may be there already, and then signing in and joining goes on.
          retry: () =>
            signUp().catch(async (error: unknown) => {
              if (!(error instanceof ProblemError) || error.status !== 409) throw error
              await anyone.signIn(email, password)
              await anyone.api.course.join({ token: joinToken })
            }),
          check: async () => {
            const { entries } = await teacher.api.course.listEnrolments({ courseId, search: email })
            return entries.length === 1 ? undefined : `${entries.length} enrolments`
          }
        },
        signUp
      )
    }
  }
}

function enrolments({ ledger, teacher, courseId }: Scene): Writer {
  return {
    compare: nothingToCompare,
    step: async () => {
      const email = `${randomUUID()}@guests.example`
      const idempotencyKey = randomUUID()
      const enrol = () =>
        teacher.api.course.enrolPeople({ courseId, role: 'learner', people: [{ email }] }, { idempotencyKey })
      await ledger.create(
        {
          what: `enrolment ${email}`,
          retry: enrol,
          check: async () => {
            const { entries } = await teacher.api.course.listEnrolments({ courseId, search: email })
            return entries.length === 1 ? undefined : `${entries.length} enrolments`
          }
        },
        enrol
      )
    }
  }
}

function items({ ledger, teacher, courseId, unitId }: Scene): Writer {
  return {
    compare: nothingToCompare,
    step: async () => {
      const title = `Item ${randomUUID()}`
      const idempotencyKey = randomUUID()
      const create = () =>
        teacher.api.course.createItem(
          { unitId, kind: 'page', title, html: `<p>${title}</p>`, published: true, completion: { kind: 'done' } },
          { idempotencyKey }
        )
      await ledger.create(
        {
          what: `item ${title}`,
          retry: create,
          check: async () => {
            const { units } = await teacher.api.course.getCourseHome({ courseId })
            const found = units.flatMap((unit) => unit.items).filter((item) => item.title === title)
            const [only] = found
            if (found.length !== 1 || !only) return `${found.length} items`
            const { html } = await teacher.api.course.getItem({ itemId: only.id })
            return html?.includes(title) ? undefined : 'its page is empty'
          }
        },
        create
      )
    }
  }
}

async function pages({ ledger, teacher, unitId }: Scene): Promise<Writer> {
  const { id: itemId } = await teacher.api.course.createItem({
    unitId,
    kind: 'page',
    title: 'Saved often',
    html: '<p>0</p>'
  })
  const text: Register<string> = { acknowledged: '<p>0</p>', sent: [] }
  let count = 0
  return {
    compare: async () => ledger.compare('page', text, (await teacher.api.course.getPage({ itemId })).html),
    step: async () => {
      const { version } = await teacher.api.course.getPage({ itemId })
      const html = `<p>${++count}</p>`
      await ledger.change(text, html, () => teacher.api.course.savePage({ itemId, html }, { ifMatch: version }))
    }
  }
}

async function positions({ ledger, teacher, learner, unitId }: Scene): Promise<Writer> {
  const { id: itemId } = await teacher.api.course.createItem({
    unitId,
    kind: 'page',
    title: 'Read for long',
    html: '<p>Long</p>',
    published: true
  })
  await learner.api.course.saveProgress({ itemId, opened: true, position: { block: 0, offset: 0 } })
  const block: Register<number> = { acknowledged: 0, sent: [] }
  return {
    compare: async () => {
      const { position } = await learner.api.course.getItem({ itemId })
      ledger.compare('position', block, position && 'block' in position ? position.block : -1)
    },
    step: () => {
      const next = block.acknowledged + 1
      return ledger.change(block, next, () =>
        learner.api.course.saveProgress({ itemId, position: { block: next, offset: 0.5 } })
      )
    }
  }
}

function completions({ ledger, teacher, learner, unitId }: Scene): Writer {
  return {
    compare: nothingToCompare,
    step: async () => {
      const { id: itemId } = await teacher.api.course.createItem({
        unitId,
        kind: 'page',
        title: 'To be done',
        html: '<p>Do it</p>',
        published: true,
        completion: { kind: 'done' }
      })
      const report = () => learner.api.course.saveProgress({ itemId, opened: true, done: true })
      await ledger.create(
        {
          what: `completion of ${itemId}`,
          retry: report,
          check: async () => {
            const { state } = await learner.api.course.getItem({ itemId })
            return state === 'completed' ? undefined : state
          }
        },
        report
      )
    }
  }
}

/** Sends a file by tus in pieces, and after a restart goes on where the server says it is. */
function uploads({ ledger, teacher }: Scene): Writer {
  let current: { readonly id: string; readonly bytes: Buffer; readonly offset: Register<number> } | undefined
  const at = (id: string) => `${teacher.origin}/api/v1/uploads/${id}`
  const received = async (id: string): Promise<number> => {
    const head = await fetch(at(id), { method: 'HEAD', headers: { ...TUS, ...teacher.headers() } })
    return Number(head.headers.get('upload-offset') ?? -1)
  }
  return {
    compare: async () => {
      if (!current) return
      const found = await received(current.id)
      // A piece that was cut off may be there in part: what counts is that nothing acknowledged is missing.
      if (found > current.offset.acknowledged) current.offset.sent.push(found)
      ledger.compare(`upload ${current.id}`, current.offset, found)
      if (found === current.bytes.length) current = undefined
    },
    step: async () => {
      current ??= await announce(teacher)
      const { id, bytes, offset } = current
      const from = offset.acknowledged
      const piece = bytes.subarray(from, from + PIECE)
      const last = from + piece.length === bytes.length
      const patch = () =>
        ledger.change(offset, from + piece.length, async () => {
          const answer = await fetch(at(id), {
            method: 'PATCH',
            headers: {
              ...TUS,
              ...teacher.headers(),
              'content-type': 'application/offset+octet-stream',
              'upload-offset': String(from)
            },
            body: new Uint8Array(piece)
          })
          if (answer.status !== 204) throw new Error(`tus answered ${answer.status}: ${await answer.text()}`)
        })
      if (!last) return patch()
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      await ledger.create(
        {
          what: `file ${id}`,
          check: async () => {
            // Until somebody asks how far it is, a file whose last piece was cut off is simply not whole yet.
            if ((await received(id)) < bytes.length) return undefined
            const file = await teacher.api.file.getFile({ fileId: id })
            return file.state === 'ready' && file.sha256 === sha256 ? undefined : `${file.state} with ${file.sha256}`
          }
        },
        patch
      )
      ledger.writes.push({
        what: `stored file ${id}`,
        acknowledgedAt: performance.now(),
        check: async () => {
          const { state } = await teacher.api.file.getFile({ fileId: id })
          return state === 'ready' ? undefined : state
        }
      })
      current = undefined
    }
  }
}

const TUS = { 'tus-resumable': '1.0.0' }
const PIECE = 96 * 1024

async function announce({ origin, headers }: Visitor) {
  const bytes = randomBytes(3 * PIECE + 1000)
  return {
    id: await announceUpload(origin, headers(), 'knots.bin', bytes.length),
    bytes,
    offset: { acknowledged: 0, sent: [] }
  }
}

async function announceUpload(origin: string, headers: Record<string, string>, name: string, size: number) {
  const answer = await fetch(`${origin}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...TUS, ...headers, 'upload-length': String(size), 'upload-metadata': `filename ${btoa(name)}` }
  })
  const location = answer.headers.get('location') ?? ''
  if (answer.status !== 201) throw new Error(`tus answered ${answer.status}: ${await answer.text()}`)
  return location.slice(location.lastIndexOf('/') + 1)
}

const IMPORTED_PAGES = 6

/** Imports a small course; in the end there must be all of it, once. */
function imports({ ledger, teacher, administrator }: Scene): Writer {
  return {
    compare: nothingToCompare,
    step: async () => {
      const title = `Imported ${randomUUID()}`
      const zip = await zipOf(title)
      const fileId = await announceUpload(teacher.origin, teacher.headers(), 'course.zip', zip.length)
      const sent = await fetch(`${teacher.origin}/api/v1/uploads/${fileId}`, {
        method: 'PATCH',
        headers: {
          ...TUS,
          ...teacher.headers(),
          'content-type': 'application/offset+octet-stream',
          'upload-offset': '0'
        },
        body: new Uint8Array(zip)
      })
      if (sent.status !== 204) throw new Error(`tus answered ${sent.status}: ${await sent.text()}`)
      const idempotencyKey = randomUUID()
      const begin = () => teacher.api.course.createCourseImport({ fileId, title }, { idempotencyKey })
      await ledger.create(
        {
          what: `import ${title}`,
          retry: begin,
          check: async () => {
            // The same key answers with the import it began.
            const { id: importId } = await begin()
            const failed = await finishImport(teacher, importId)
            if (failed) return failed
            const { entries } = await administrator.api.course.listCourses({ search: title })
            const [course] = entries
            if (entries.length !== 1 || !course) return `${entries.length} courses`
            const { units } = await teacher.api.course.getCourseHome({ courseId: course.id })
            const pagesThere = units.flatMap((unit) => unit.items).length
            return pagesThere === IMPORTED_PAGES ? undefined : `${pagesThere} of ${IMPORTED_PAGES} pages`
          }
        },
        begin
      )
    }
  }
}

const IMPORT_PATIENCE_MS = 60_000

async function finishImport({ api }: Visitor, importId: string): Promise<string | undefined> {
  const begun = performance.now()
  for (;;) {
    const { state, error } = await api.course.getCourseImport({ importId })
    if (state === 'done') return undefined
    if (state === 'failed') return `failed: ${error?.message}`
    if (performance.now() - begun > IMPORT_PATIENCE_MS) return `still ${state} after a minute`
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function zipOf(title: string): Promise<Buffer> {
  const zip = new ZipFile()
  for (let page = 1; page <= IMPORTED_PAGES; page++) {
    const text = `# Page ${page}\n\n![a dot](../dot.png)\n\n${title}\n`
    zip.addBuffer(Buffer.from(text), `0${1 + (page % 2)}-unit/${page}.md`)
  }
  zip.addBuffer(DOT, 'dot.png')
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** A picture of one pixel. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64'
)

async function schoolNames({ ledger, administrator }: Scene): Promise<Writer> {
  const name: Register<string> = { acknowledged: (await administrator.api.user.getSchool({})).name, sent: [] }
  let count = 0
  return {
    compare: async () => ledger.compare('school', name, (await administrator.api.user.getSchool({})).name),
    step: async () => {
      const { version } = await administrator.api.user.getSchool({})
      const next = `School ${++count}`
      await ledger.change(name, next, () => administrator.api.user.updateSchool({ name: next }, { ifMatch: version }))
    }
  }
}
