import { createHash, randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@lyceum/client'
import { CommandFailed } from '../outcome.ts'
import { clientAt, type Door } from '../server-door.ts'
import { uploadFile } from '../upload.ts'
import type { Machine, Product } from './machine.ts'

/** Of its own each time, beside whatever schools there are. */
const SLUG = `drill-${randomBytes(4).toString('hex')}`
/** Reserved by RFC 2606: it leads nowhere and nobody can own it. */
const HOST = `${SLUG}.invalid`
const EMAIL = `ada@${HOST}`
const FILE_BYTES = 256 * 1024
const WRITE_EVERY_MS = 200
const ENOUGH_CHANGES = 3
const WRITTEN_WITHIN_MS = 60_000

/** What somebody who does not exist has written into a school, and must find again. */
export interface KnownThings {
  readonly password: string
  readonly courseId: string
  readonly itemId: string
  readonly sha256: string
}

/** Makes a school on what serves, and in it a course with a file, through the doors that everybody uses. */
export async function plant(machine: Machine, product: Product, folder: string): Promise<KnownThings> {
  const password = randomBytes(18).toString('base64url')
  const made = await machine.run(
    `lyceum school create --name Drill --slug ${SLUG} --host ${HOST} --admin-name Ada --admin-email ${EMAIL} --operator --json`
  )
  const [, token] = /invitation\/([^/?#"]+)/.exec(made.out) ?? []
  if (token === undefined) throw new CommandFailed('drill.no-school', `No school could be made: ${made.err}`)
  await stranger(product).user.acceptInvitation({ token, name: 'Ada', password })
  const { door, api } = await signIn(product, password)
  const bytes = randomBytes(FILE_BYTES)
  const path = `${folder}/handout.bin`
  writeFileSync(path, bytes)
  const fileId = await uploadFile(door, path, 'handout.bin', () => undefined).finally(() => rmSync(path))
  const course = await api.course.createCourse({ title: titleOf(0) })
  const unit = await api.course.createUnit({ courseId: course.id, title: 'Known things' })
  const item = await api.course.createItem({ unitId: unit.id, kind: 'file', title: 'Handout', fileId })
  return {
    password,
    courseId: course.id,
    itemId: item.id,
    sha256: createHash('sha256').update(bytes).digest('hex')
  }
}

/** Somebody who writes all the time, one change after the other. */
export interface Writer {
  /** Instants at which each change was answered; the first one is change 1. */
  readonly answered: readonly number[]
  /** Ends it; a change that is not answered any more is none. */
  stop(): Promise<void>
}

/** Changes the course of the drill until stopped or refused. */
export async function startWriting(product: Product, { password, courseId }: KnownThings): Promise<Writer> {
  const { api } = await signIn(product, password)
  const answered: number[] = []
  let going = true
  const run = async (): Promise<void> => {
    let { version } = await api.course.getCourse({ courseId })
    while (going) {
      const changed = await api.course.updateCourse(
        { courseId, title: titleOf(answered.length + 1) },
        { ifMatch: version }
      )
      version = changed.version
      answered.push(Date.now())
      await sleep(WRITE_EVERY_MS)
    }
  }
  // The disaster comes in the middle of it.
  const ended = run().catch(() => undefined)
  return {
    answered,
    stop: () => {
      going = false
      return ended
    }
  }
}

/** Waits for the first changes. @throws where there are none */
export async function untilWritten({ answered }: Writer): Promise<void> {
  const until = performance.now() + WRITTEN_WITHIN_MS
  while (answered.length < ENOUGH_CHANGES) {
    if (performance.now() > until) throw new Error('Nobody could change the course: see the log of the product.')
    await sleep(WRITE_EVERY_MS)
  }
}

export interface FoundAgain {
  /** The number of the last change that is there. */
  readonly change: number
  readonly faults: readonly string[]
}

/** Signs in and looks for what is known. @throws where nobody can sign in or the course is not there */
export async function findAgain(
  product: Product,
  { password, courseId, itemId, sha256 }: KnownThings
): Promise<FoundAgain> {
  const { api } = await signIn(product, password)
  const { title } = await api.course.getCourse({ courseId })
  const { file } = await api.course.getItem({ itemId })
  const change = Number(/^Drill (\d+)$/.exec(title)?.[1] ?? Number.NaN)
  const bytes = file === null ? undefined : await fetchFile(product, file.url)
  const digest = bytes && createHash('sha256').update(bytes).digest('hex')
  return {
    change,
    faults: [
      ...(Number.isNaN(change) ? [`the course is called “${title}”`] : []),
      ...(digest === sha256 ? [] : ['the file is not what was uploaded'])
    ]
  }
}

/** A course of another name, for what people do after a fault. */
export async function writeAfterwards(product: Product, { password }: KnownThings): Promise<string> {
  const { api } = await signIn(product, password)
  return (await api.course.createCourse({ title: 'After the fault' })).id
}

export async function hasCourse(product: Product, { password }: KnownThings, courseId: string): Promise<boolean> {
  const { api } = await signIn(product, password)
  return api.course.getCourse({ courseId }).then(
    () => true,
    () => false
  )
}

async function signIn(product: Product, password: string): Promise<{ door: Door; api: Client }> {
  const { accessToken } = await stranger(product).user.signIn({ email: EMAIL, password })
  const door: Door = { url: product.url, host: HOST, token: async () => accessToken }
  return { door, api: clientAt(door) }
}

const stranger = ({ url }: Product): Client => clientAt({ url, host: HOST, token: async () => undefined })

const titleOf = (change: number): string => `Drill ${change}`

/** `fetch` may not say which host it means. */
function fetchFile({ url }: Product, address: string): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  request(
    new URL(new URL(address, url).pathname + new URL(address, url).search, url),
    { headers: { host: HOST } },
    (response) => {
      buffer(response).then(resolve, reject)
    }
  )
    .on('error', reject)
    .end()
  return promise
}
