import { fileContract } from '@lyceum/file/contract'
import { defineError } from '@lyceum/platform/errors'
import { type Asking, askFirst } from '@lyceum/platform/module'
import type { CourseContext, Given } from '../context.ts'
import { courseContract } from '../contract.ts'

const CoverMissing = defineError(
  'course.cover-missing',
  'not-found',
  () => 'This course has no picture. Choose one in its settings.'
)

/** Leads to the signed address of a course's picture. A new picture has a new address, so that an old one is not kept. */
export const getCourseCover = askFirst(
  async ({ call }: Asking, { courseId, fileId }: Given<'getCourseCover'>) => {
    const { coverFileId } = await call(courseContract).getCourse({ courseId })
    if (coverFileId !== fileId) return null
    const { files } = await call(fileContract).describeFiles({ fileIds: [fileId] })
    return files[0]?.url ?? null
  },
  async (_context: CourseContext, _given: Given<'getCourseCover'>, location) => {
    if (location === null) throw CoverMissing()
    return { location }
  }
)
