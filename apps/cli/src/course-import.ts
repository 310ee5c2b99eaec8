import { createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CourseImport } from '@lyceum/course/contract'
import { newId } from '@lyceum/platform/id'
import type { Composition } from '@lyceum/server/compose'
import { demoSchools } from '@lyceum/server/demo'
import { findRunning } from '@lyceum/server/running'
import { zipFolder } from '@lyceum/server/zip-folder'
import { bearerByEmail, firstAdministrator } from '@lyceum/user/by-hand'
import { withProduct } from './installation.ts'
import { CommandFailed, exitCodes } from './outcome.ts'
import { asInstallation, chooseSchool, type School } from './schools.ts'
import { clientAt, type Door } from './server-door.ts'
import { answer, progress, styled } from './terminal.ts'
import { uploadFile } from './upload.ts'

export interface Ordered {
  readonly school?: string
  readonly teacher?: string
  readonly title?: string
  readonly publish?: boolean
  readonly url?: string
  readonly email?: string
  readonly json?: boolean
}

/** An access token lives for fifteen minutes; a new one is made well before. */
const TOKEN_KEPT_MS = 8 * 60 * 1000

/** Packs, uploads, imports, waits, and tells what came of it. */
export async function importCourse(path: string, ordered: Ordered): Promise<void> {
  const source = readSource(path)
  if (ordered.url === undefined) await withLocalDoor(ordered, (door) => importThrough(door, source, ordered))
  else await importThrough(await remoteDoor(ordered.url, ordered.email), source, ordered)
}

interface Source {
  readonly path: string
  readonly isFolder: boolean
  /** Of the zip. */
  readonly name: string
}

function readSource(path: string): Source {
  const full = resolve(path)
  if (!existsSync(full))
    throw new CommandFailed('course-import.path-not-found', `There is nothing at ${full}. Check the path.`)
  const isFolder = statSync(full).isDirectory()
  if (!isFolder && !/\.zip$/i.test(full))
    throw new CommandFailed(
      'course-import.not-a-zip',
      `${full} is neither a folder nor a .zip. Name the folder of the course, or pack it as a zip.`
    )
  return { path: full, isFolder, name: isFolder ? `${basename(full)}.zip` : basename(full) }
}

async function importThrough(door: Door, source: Source, { title, publish, json }: Ordered): Promise<void> {
  const { course } = clientAt(door)
  // A wrong password is better told before a long upload than after it.
  await door.token()
  const shown = progress()
  try {
    const fileId = await upload(door, source, shown.show)
    const begun = await course.createCourseImport({ fileId, ...(title === undefined ? {} : { title }) })
    const done = await waitFor(() => course.getCourseImport({ importId: begun.id }), shown.show)
    if (done.courseId === null)
      throw new CommandFailed(
        done.error?.code ?? 'course-import.failed',
        done.error?.message ?? 'The import failed. Start it again.'
      )
    const { courseId, units, items, assets, warnings } = done
    if (publish) await course.publishCourse({ courseId })
    const made = await course.getCourse({ courseId })
    shown.end()
    answer(json, { courseId, title: made.title, units, items, assets, warnings, published: publish ?? false }, () =>
      [
        `${styled('green', '✓')} “${made.title}”: ${units} units, ${items} items, ${assets} files${publish ? ', published' : ', a draft'}`,
        `  ${new URL(`/courses/${courseId}`, `${door.url.protocol}//${door.host}`).href}`,
        ...warnings.map(({ path, message }) => `${styled('yellow', '!')} ${path ? `${path}: ` : ''}${message}`)
      ].join('\n')
    )
  } finally {
    shown.end()
  }
}

async function upload(door: Door, { path, isFolder, name }: Source, show: (text: string) => void): Promise<string> {
  if (!isFolder) return uploadFile(door, path, name, show)
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-import-'))
  try {
    const packed = join(folder, name)
    const { zip, files } = await zipFolder(path)
    show(`Packing ${files} files`)
    await pipeline(zip, createWriteStream(packed))
    return await uploadFile(door, packed, name, show)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function waitFor(look: () => Promise<CourseImport>, show: (text: string) => void): Promise<CourseImport> {
  const words = {
    waiting: 'Waiting for a worker',
    reading: 'Reading the pages',
    storing: 'Storing',
    done: '',
    failed: ''
  }
  for (let waited = 0; ; waited++) {
    const found = await look()
    if (found.state === 'done' || found.state === 'failed') return found
    show(words[found.state] + (found.state === 'storing' ? ` ${found.items} items, ${found.assets} files` : ''))
    await sleep(Math.min(100 + waited * 50, 1_000))
  }
}

/** The server of this machine, or the product brought up for the moment; acting as somebody of the school. */
const withLocalDoor = ({ school: slug, teacher }: Ordered, work: (door: Door) => Promise<void>): Promise<void> =>
  withProduct(async (product, { config }) => {
    const school = await chooseSchool(product, slug)
    const email = teacher ?? (await defaultTeacher(product, school))
    const url = findRunning(config.LYCEUM_HOME)?.url ?? (await openDoor(product))
    const [host = 'localhost'] = school.hosts
    await work({ url: new URL(url), host: `${host}:${new URL(url).port}`, token: tokenFor(product, school, email) })
  })

async function defaultTeacher(product: Composition, school: School): Promise<string> {
  const demo = demoSchools.find(({ slug }) => slug === school.slug)
  const demoTeacher = demo?.people.find(({ role }) => role === 'teacher')?.email
  return asInstallation(product, school.id, async (context) => {
    if (demoTeacher !== undefined) {
      const known = await bearerByEmail(context, demoTeacher).catch(() => undefined)
      if (known) return demoTeacher
    }
    const administrator = await firstAdministrator(context)
    if (administrator !== undefined) return administrator
    throw new CommandFailed(
      'course-import.nobody',
      `${school.name} has no active administrator yet. Name who teaches the course: --teacher <email>.`,
      exitCodes.usage
    )
  })
}

async function openDoor({ app, worker }: Composition): Promise<string> {
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  await worker.start()
  return url
}

/** Whoever can read the installation's secrets is its operator: lyceum help operator. */
function tokenFor(product: Composition, school: School, email: string): () => Promise<string> {
  return kept(async () => {
    const bearer = await asInstallation(product, school.id, (context) => bearerByEmail(context, email))
    return product.users.tokens.issue({ ...bearer, tenantId: school.id, signInId: newId() }, new Date())
  })
}

async function remoteDoor(address: string, email: string | undefined): Promise<Door> {
  if (!URL.canParse(address))
    throw new CommandFailed('usage', `“${address}” is no address. Write it with https://.`, exitCodes.usage)
  const url = new URL(address)
  const given = process.env.LYCEUM_TOKEN
  if (given) return { url, host: url.host, token: async () => given }
  if (email === undefined)
    throw new CommandFailed('usage', 'Say who signs in: --email <email>, or set LYCEUM_TOKEN.', exitCodes.usage)
  const password = process.env.LYCEUM_PASSWORD ?? (await askPassword(email))
  const { user } = clientAt({ url, host: url.host, token: async () => undefined })
  return { url, host: url.host, token: kept(async () => (await user.signIn({ email, password })).accessToken) }
}

function kept(make: () => Promise<string>): () => Promise<string> {
  let last: { readonly token: Promise<string>; readonly until: number } | undefined
  return () => {
    if (!last || last.until < performance.now()) last = { token: make(), until: performance.now() + TOKEN_KEPT_MS }
    return last.token
  }
}

async function askPassword(email: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new CommandFailed(
      'usage',
      'There is no terminal to ask for the password. Set LYCEUM_PASSWORD.',
      exitCodes.usage
    )
  process.stderr.write(`Password of ${email}: `)
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: mute, terminal: true })
  try {
    return await reader.question('')
  } finally {
    reader.close()
    process.stderr.write('\n')
  }
}
