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
export class ImportRefused extends Error {
  readonly code: string
  readonly path?: string

  constructor(code: `course-import.${string}`, message: string, path?: string) {
    super(message)
    this.name = 'ImportRefused'
    this.code = code
    if (path !== undefined) this.path = path
  }
}
