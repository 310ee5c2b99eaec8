import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { fileContract } from '@lyceum/file/contract'
import { anyone, installation } from '@lyceum/platform/caller'
import { createDiskStorage } from '@lyceum/platform/disk-storage'
import { newId } from '@lyceum/platform/id'
import { noRequest } from '@lyceum/platform/runtime'
import type { Storage } from '@lyceum/platform/storage'
import { startTestServer, type TestPerson, type TestSchool, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { courseModule } from '../module.ts'
import { type Files, zipOf } from './course-fixture.ts'
import { ImportCourse } from './run-course-import.ts'

let server: TestServer
let storage: Storage
beforeAll(async () => {
  // Jobs run when a test says so.
  server = await startTestServer({ inline: false })
  storage = createDiskStorage({ folder: join(server.home, 'files') })
})
afterAll(() => server.close())

const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64'
)
const garden: Files = {
  'README.md': '# The garden\n\nAll about gardens.',
  '01-trees/01-oak.md':
    '# Oak\n\n![an oak](../img/oak.png)\n\nSee [the elm](02-elm.md#leaves) and the [plan](../files/plan.pdf).',
  '01-trees/02-elm.md': '# Elm\n\n## Leaves\n\nBack to [the oak](01-oak.md).',
  'img/oak.png': dot,
  'files/plan.pdf': '%PDF-1.4 a plan'
}

/** A zip among the uploads of a person. */
async function upload(school: TestSchool, owner: TestPerson, files: Files | Buffer): Promise<string> {
  const { key, size, sha256 } = await storage.put(school.id, createReadStream(await zipOf(files)))
  const id = newId()
  const caller = { ...anyone(school.id), userId: owner.id, internal: true }
  const { asking } = server.runtime.runner('file', { caller, request: noRequest })
  await asking.call(fileContract).registerFiles({ files: [{ id, name: 'garden.zip', key, size, sha256 }] })
  return id
}

const begin = async (files: Files | Buffer = garden) => {
  const school = await server.newSchool()
  const teacher = await school.person('teacher')
  const fileId = await upload(school, teacher, files)
  const { id: importId } = await teacher.api.course.createCourseImport({ fileId })
  const courses = async () => (await teacher.api.course.listCourses({})).entries
  return { school, teacher, fileId, importId, courses, state: () => teacher.api.course.getCourseImport({ importId }) }
}

/** Runs the job as the queue does, over a storage that may misbehave. */
function runJob(school: TestSchool, importId: string, over: Storage, lastAttempt = false): Promise<void> {
  const handler = courseModule({ storage: over }).jobs.find(({ job }) => job.name === ImportCourse.name)
  if (!handler) throw new Error('the job is there')
  const entry = { caller: installation(school.id), request: noRequest }
  const { asking, transact } = server.runtime.runner('course', entry)
  return handler.handle({ ...asking, transact, tenantId: school.id, attempt: 1, lastAttempt }, { importId })
}

const filesOf = async (school: TestSchool): Promise<number> => {
  const { rows } = await server.owner.query<{ count: number }>(`select count(*) from file.file where tenant_id = $1`, [
    school.id
  ])
  return Number(rows[0]?.count)
}

describe('importing a course', () => {
  it('makes a draft of a zip, with its pages, pictures, files and links', async () => {
    const { teacher, importId, state, courses } = await begin()
    expect(await state()).toMatchObject({ state: 'waiting', fileName: 'garden.zip', courseId: null })
    await server.worker.drain()
    const done = await state()
    expect(done).toMatchObject({ id: importId, state: 'done', assets: 2, error: null })
    expect(await courses()).toMatchObject([
      { id: done.courseId, title: 'The garden', status: 'draft', role: 'teacher' }
    ])
    const home = await teacher.api.course.getCourseHome({ courseId: done.courseId ?? '' })
    const items = home.units.flatMap((unit) => unit.items)
    expect(home.progress.total).toBe(items.length)
    const [oak, elm] = ['Oak', 'Elm'].map((title) => items.find((item) => item.title === title)?.id ?? '')
    const { html, minutes } = await teacher.api.course.getItem({ itemId: oak ?? '' })
    expect(minutes).toBe(1)
    expect(html).toMatch(/<img src="\/api\/v1\/files\/[^"]+" [^>]*alt="an oak"/)
    expect(html).toContain(`href="/courses/${done.courseId}/items/${elm}#user-content-leaves"`)
    expect(html).toMatch(/href="\/api\/v1\/files\/[^"]+plan\.pdf\?/)
    expect(html).not.toMatch(/asset:|page:|file:|item:/)
    expect(await teacher.api.course.getPage({ itemId: oak ?? '' })).toMatchObject({ version: 1 })
  })

  it('makes exactly one course, wherever it is killed and however often it runs', async () => {
    const { school, importId, state, courses } = await begin()
    for (const at of [1, 2]) {
      let puts = 0
      const dying: Storage = {
        ...storage,
        put: async (...given) => {
          puts++
          if (puts === at) throw new Error('killed')
          return storage.put(...given)
        }
      }
      await expect(runJob(school, importId, dying)).rejects.toThrow('killed')
      expect(await state()).toMatchObject({ state: 'storing', courseId: null })
      expect(await courses()).toEqual([])
    }
    await Promise.all([runJob(school, importId, storage), runJob(school, importId, storage)])
    await runJob(school, importId, storage)
    await server.worker.drain()
    expect(await courses()).toHaveLength(1)
    expect(await state()).toMatchObject({ state: 'done', courseId: (await courses())[0]?.id })
    expect(await filesOf(school)).toBe(3)
    const { rows } = await server.owner.query(`select count(*)::int as items from course.item where tenant_id = $1`, [
      school.id
    ])
    expect(rows[0]).toEqual({ items: (await state()).items })
  })

  it('says in words what is wrong with a zip, and does not try again', async () => {
    for (const [files, code] of [
      [Buffer.from('no zip at all'), /^course-import\./],
      [{ 'notes.txt': 'no page' }, /^course-import\.no-pages$/]
    ] as const) {
      const { state, courses } = await begin(files)
      await server.worker.drain()
      expect(await state()).toMatchObject({
        state: 'failed',
        error: { code: expect.stringMatching(code), message: expect.stringMatching(/\.$/) }
      })
      expect(await courses()).toEqual([])
    }
  })

  it('gives up in words after its last try', async () => {
    const { school, importId, state } = await begin()
    const broken: Storage = { ...storage, localCopy: () => Promise.reject(new Error('disk on fire')) }
    await expect(runJob(school, importId, broken)).rejects.toThrow('disk on fire')
    await runJob(school, importId, broken, true)
    expect(await state()).toMatchObject({ state: 'failed', error: { code: 'course-import.failed' } })
  })

  it('leaves no file of a course that will never be', async () => {
    const { school, importId, state } = await begin({
      ...garden,
      'img/elm.png': Buffer.from('an elm'),
      'elm.md': '![elm](img/elm.png)'
    })
    const stored: string[] = []
    let puts = 0
    const full: Storage = {
      ...storage,
      put: async (...given) => {
        if (++puts > 2) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
        const object = await storage.put(...given)
        stored.push(object.key)
        return object
      }
    }
    await expect(runJob(school, importId, full)).rejects.toMatchObject({ code: 'storage.full' })
    expect(await state()).toMatchObject({ state: 'waiting', error: { code: 'storage.full' } })
    stored.length = 0
    puts = 0
    await runJob(school, importId, full, true)
    expect(await state()).toMatchObject({ state: 'failed', courseId: null, error: { code: 'storage.full' } })
    expect(stored).toHaveLength(2)
    const { rows } = await server.owner.query<{ payload: { payload: { key: string } } }>(
      `select payload from graphile_worker._private_jobs where key like 'file.remove-bytes %'`
    )
    await server.owner.query('update graphile_worker._private_jobs set run_at = now()')
    await server.worker.drain()
    expect(rows.map(({ payload }) => payload.payload.key).sort()).toEqual(stored.sort())
    for (const key of stored) await expect(storage.size(key)).rejects.toMatchObject({ code: 'storage.object-missing' })
  })

  it('is for the one who uploaded it', async () => {
    const { school, fileId, importId } = await begin()
    const other = await school.person('teacher', 'other')
    await expect(other.api.course.createCourseImport({ fileId })).rejects.toMatchObject({ status: 404 })
    await expect(other.api.course.createCourseImport({ fileId: newId() })).rejects.toMatchObject({ status: 404 })
    await expect(other.api.course.getCourseImport({ importId })).rejects.toMatchObject({ status: 404 })
  })
})
