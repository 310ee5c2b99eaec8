import { PassThrough, type Readable } from 'node:stream'
import { openFolderSource } from '@lyceum/course/folder-source'
import { ZipFile } from 'yazl'

/** The same folder makes the same bytes, whenever it is packed. */
const PACKED_AT = new Date(2000, 0, 1)

export interface PackedFolder {
  readonly zip: Readable
  readonly files: number
  /** What was left out, in words. */
  readonly warnings: readonly { readonly code: string; readonly path?: string; readonly message: string }[]
}

/**
 * Packs a folder as a zip while it is read. Hidden files, `node_modules` and links that lead out of it are left out, as
 * an import would do.
 * @throws course-import.folder-not-found
 */
export async function zipFolder(folder: string): Promise<PackedFolder> {
  const source = await openFolderSource(folder)
  const listed = await source.list()
  const zip = new ZipFile()
  const packed = new PassThrough()
  const fail = (error: unknown) => packed.destroy(error instanceof Error ? error : new Error(String(error)))
  zip.on('error', fail)
  for (const { path } of listed) {
    zip.addReadStreamLazy(path, { mtime: PACKED_AT, mode: 0o100644 }, (give) => {
      source.open(path).then((content) => give(null, content), fail)
    })
  }
  zip.end()
  zip.outputStream.pipe(packed)
  return { zip: packed, files: listed.length, warnings: source.warnings }
}
