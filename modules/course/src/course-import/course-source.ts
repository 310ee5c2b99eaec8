import type { Readable } from 'node:stream'
import type { ImportWarning } from './course-import.ts'

/** The files of a course, wherever they lie. Paths are relative, POSIX and NFC-normalised, and never leave the source. */
export interface CourseSource {
  /** What the folder or archive is called: the course's title when nothing better is found. */
  readonly name: string
  /** What was noticed while looking at the container itself. */
  readonly warnings: readonly ImportWarning[]
  /** Every file worth importing, in natural order of path. Sizes are bytes, uncompressed. */
  list(): Promise<SourceFile[]>
  /** The whole file. Throws `ImportRefused` when there is no such file or it is damaged. */
  read(path: string): Promise<Buffer>
  /** The file as a stream, which fails with `ImportRefused` when the content is not what was declared. */
  open(path: string): Promise<Readable>
  close(): Promise<void>
}

export interface SourceFile {
  path: string
  size: number
}
