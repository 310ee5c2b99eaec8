import { defineError, LyceumError } from '@lyceum/platform/errors'
import type { Selectable } from 'kysely'
import type { Tables } from '../context.ts'

export type ImportRow = Selectable<Tables['course.course_import']>

/** A course as read from a folder or an archive, before anything is stored. Written by `readCourse`. */
export interface CoursePlan {
  title: string
  /** Plain text, at most about 500 characters; empty when the source says nothing. */
  description: string
  /** BCP 47 tag, as the source gave it. */
  language?: string
  units: { title: string; items: ItemPlan[] }[]
  /** The files to store, each once, in order of path. `path` is the name the HTML and the items use. */
  assets: AssetPlan[]
  warnings: ImportWarning[]
}

/**
 * One item of a unit. The HTML of a page is sanitised and speaks of what is not stored yet by name:
 * `src="asset:<path>"`, `href="asset:<path>"` and `href="page:<sourcePath>#<anchor>"`, each path percent-encoded
 * (`encodeURI`, plus `#` and `?`). Anchors already carry the `user-content-` prefix that the ids in the HTML carry.
 */
export type ItemPlan =
  | { kind: 'page'; title: string; sourcePath: string; html: string; minutes?: number }
  | { kind: 'video'; title: string; assetPath: string }
  | { kind: 'file'; title: string; assetPath: string }
  | { kind: 'link'; title: string; url: string }

export interface AssetPlan {
  path: string
  name: string
  mediaType: string
  /** Bytes. */
  size: number
}

/** Something the teacher should know; the import goes on. `line` counts from 1 in the file as it was delivered. */
export interface ImportWarning {
  code: string
  message: string
  path?: string
  line?: number
}

/** The import cannot go on. `message` ends with what to do about it. */
export class ImportRefused extends LyceumError {
  readonly path?: string

  constructor(code: `course-import.${string}`, message: string, path?: string) {
    super(code, 'invalid', message)
    this.name = 'ImportRefused'
    if (path !== undefined) this.path = path
  }
}

export const CourseImportNotFound = defineError(
  'course-import.not-found',
  'not-found',
  (id: string) => `There is no course import ${id} of yours. Upload the zip again to start a new one.`
)
export const UploadNotFound = defineError(
  'course-import.upload-not-found',
  'not-found',
  () => 'You have not uploaded such a file. Upload the zip first, then import it.'
)
export const UploadNotReady = defineError(
  'course-import.upload-not-ready',
  'conflict',
  () => 'The upload is not complete, or was refused by the virus scan. Upload the zip again.'
)
