import { fileContract } from '@lyceum/file/contract'
import { LyceumError } from '@lyceum/platform/errors'
import { defineJob } from '@lyceum/platform/module'
import { Id } from '@lyceum/platform/schema'
import { isOutOfSpace, type Storage, StorageFull } from '@lyceum/platform/storage'
import Type, { type Static } from 'typebox'
import type { CourseJob } from '../context.ts'
import type { CoursePlan, ImportRow } from './course-import.ts'
import type { CourseSource } from './course-source.ts'
import { assetIds, storeAssets } from './store-assets.ts'
import { writeCourse } from './write-course.ts'
import { zipLimits } from './zip-entries.ts'
import { openZipSource } from './zip-source.ts'

export const ImportCourse = defineJob('course.import-course', Type.Object({ importId: Id }))

/**
 * Makes a course of an uploaded zip. Killed at any point and run again, there is one course in the end: files get the
 * same ids each time, and the course is written in one transaction together with the word that it is done.
 */
export const runCourseImport =
  (storage: Storage) =>
  async (job: CourseJob, { importId }: Static<typeof ImportCourse.payload>): Promise<void> => {
    const row = await begin(job, importId)
    if (!row) return
    const made: Made = { fileIds: [], keys: [] }
    try {
      await importCourse(job, storage, row, made)
    } catch (error) {
      const fault = isOutOfSpace(error) ? StorageFull() : error
      const reason = finalReason(fault, job)
      if (!reason) {
        if (fault instanceof LyceumError) await tellDelay(job, importId, fault)
        throw fault
      }
      if (await fail(job, importId, reason)) await job.call(fileContract).discardFiles(made)
    }
  }

/** What an import has left in storage so far: nobody would ever see it if there will be no course. */
interface Made {
  fileIds: string[]
  readonly keys: string[]
}

/** Undefined: there is nothing left to do. */
async function begin(job: CourseJob, importId: string): Promise<ImportRow | undefined> {
  return job.transact(({ tx }: Transacted) =>
    tx
      .updateTable('course.course_import')
      .set({ state: 'reading', error: null })
      .where('id', '=', importId)
      .where('state', 'in', ['waiting', 'reading', 'storing'])
      .returningAll()
      .executeTakeFirst()
  )
}

async function importCourse(job: CourseJob, storage: Storage, row: ImportRow, made: Made): Promise<void> {
  const { key } = await job.call(fileContract).locateFile({ fileId: row.file_id })
  const copy = await storage.localCopy(key)
  try {
    const source = await openZipSource(copy.path, zipLimits, row.file_name)
    try {
      await importFrom(job, storage, row, { source, made })
    } finally {
      await source.close()
    }
  } finally {
    await copy.release()
  }
}

async function importFrom(
  job: CourseJob,
  storage: Storage,
  row: ImportRow,
  { source, made }: { readonly source: CourseSource; readonly made: Made }
): Promise<void> {
  // Reading Markdown takes dozens of libraries that a server without an import need not hold.
  const { readCourse } = await import('./read-course.ts')
  const plan = await readCourse(source)
  await tellPlan(job, row.id, plan)
  const ids = assetIds(row.id, plan.assets)
  made.fileIds = [...ids.values()]
  await storeAssets(job, storage, source, plan.assets, ids, (key) => made.keys.push(key))
  await job.transact((context: Transacted) => writeCourse(context, row, plan, ids))
}

async function tellPlan(job: CourseJob, importId: string, { units, assets, warnings }: CoursePlan): Promise<void> {
  await job.transact(({ tx }: Transacted) =>
    tx
      .updateTable('course.course_import')
      .set({
        state: 'storing',
        units: units.length,
        items: units.reduce((sum, { items }) => sum + items.length, 0),
        assets: assets.length,
        warnings: JSON.stringify(warnings)
      })
      .where('id', '=', importId)
      .execute()
  )
}

type Transacted = Parameters<Parameters<CourseJob['transact']>[0]>[0]

interface Reason {
  readonly code: string
  readonly message: string
}

/** What another try would not change, or nothing is left to try; undefined: try again. */
function finalReason(error: unknown, { lastAttempt }: CourseJob): Reason | undefined {
  if (error instanceof LyceumError && error.kind !== 'unavailable' && error.kind !== 'full')
    return {
      code: error.code,
      message: 'path' in error && error.path ? `${error.path}: ${error.message}` : error.message
    }
  if (!lastAttempt) return undefined
  if (error instanceof LyceumError) return { code: error.code, message: error.message }
  return {
    code: 'course-import.failed',
    message:
      'Something went wrong on our side and no course was made. Start the import again; if it fails again, tell the operator.'
  }
}

/** An import that waits for another try says what for. */
async function tellDelay(job: CourseJob, importId: string, { code, message }: Reason): Promise<void> {
  await job.transact(({ tx }: Transacted) =>
    tx
      .updateTable('course.course_import')
      .set({ state: 'waiting', error: JSON.stringify({ code, message }) })
      .where('id', '=', importId)
      .where('state', '<>', 'done')
      .execute()
  )
}

/** False: another worker has finished it meanwhile, and its files are in use. */
async function fail(job: CourseJob, importId: string, reason: Reason): Promise<boolean> {
  const failed = await job.transact(({ tx }: Transacted) =>
    tx
      .updateTable('course.course_import')
      .set({ state: 'failed', error: JSON.stringify(reason) })
      .where('id', '=', importId)
      .where('state', '<>', 'done')
      .returning('id')
      .executeTakeFirst()
  )
  return failed !== undefined
}
