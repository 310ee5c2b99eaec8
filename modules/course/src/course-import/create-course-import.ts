import { fileContract } from '@lyceum/file/contract'
import { newId } from '@lyceum/platform/id'
import { type Asking, askFirst } from '@lyceum/platform/module'
import type { CourseContext, Given } from '../context.ts'
import { type CourseImport, CourseUploaded } from '../contract.ts'
import { UploadNotFound, UploadNotReady } from './course-import.ts'
import { getCourseImport } from './get-course-import.ts'
import { ImportCourse } from './run-course-import.ts'

/** Reading a zip fails for good or works; what is worth another try (a restart, a full disk) shows within minutes. */
const MOST_ATTEMPTS = 5

/** Queues an uploaded zip of the caller's own for import. */
export const createCourseImport = askFirst(
  async ({ call, caller }: Asking, { fileId }: Given<'createCourseImport'>) => {
    const file = await call(fileContract).locateFile({ fileId })
    if (file.uploadedBy === null || file.uploadedBy !== caller.userId) throw UploadNotFound()
    if (file.state !== 'ready') throw UploadNotReady()
    return file
  },
  async (context: CourseContext, { fileId, title }: Given<'createCourseImport'>, file): Promise<CourseImport> => {
    const id = newId()
    await context.tx
      .insertInto('course.course_import')
      .values({
        id,
        file_id: fileId,
        file_name: file.name,
        title: title?.trim() || null,
        state: 'waiting',
        created_at: context.now,
        created_by: context.userId
      })
      .execute()
    await context.enqueue(
      ImportCourse,
      { importId: id },
      { key: `course.import-course:${id}`, maxAttempts: MOST_ATTEMPTS }
    )
    await context.publish(CourseUploaded, { importId: id, size: file.size })
    return getCourseImport(context, { importId: id })
  }
)
