import { open as openFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { ImportRefused, type ImportWarning } from './course-import.ts'
import type { CourseSource } from './course-source.ts'
import { compareNaturally, withoutExtension } from './source-path.ts'
import { encrypted, readZipEntries, truncated, type ZipLimits, zipLimits } from './zip-entries.ts'

/**
 * A course in a zip file on disk, read by random access: nothing is unpacked before it is asked for, and nothing is
 * held whole in memory but what `read` returns. One folder that wraps everything is taken off the names.
 * Throws `ImportRefused` for anything that is not an ordinary, honest archive.
 * @param name what the archive is called, where that is not the name it has on disk
 */
export async function openZipSource(
  file: string,
  limits: ZipLimits = zipLimits,
  name: string = basename(file)
): Promise<CourseSource> {
  const zip = await openZip(file)
  try {
    const { entries, warnings } = await readZipEntries(zip, limits)
    return zipSource(zip, withoutExtension(name), entries, warnings)
  } catch (error) {
    zip.close()
    throw refusalFor(error)
  }
}

function zipSource(zip: ZipFile, fileName: string, all: Map<string, Entry>, noticed: ImportWarning[]): CourseSource {
  const wrapper = wrappingFolder([...all.keys()])
  const inner = (path: string): string => (path.startsWith(wrapper) ? path.slice(wrapper.length) : path)
  const entries = new Map([...all].map(([path, entry]) => [inner(path), entry]))
  const open = async (path: string): Promise<Readable> => {
    const entry = entries.get(path)
    if (!entry)
      throw new ImportRefused('course-import.file-not-found', 'The zip has no such file. Check its name.', path)
    return openEntry(zip, entry, path)
  }
  return {
    name: wrapper === '' ? fileName : wrapper.slice(0, -1),
    warnings: noticed.map((warning) =>
      warning.path === undefined ? warning : { ...warning, path: inner(warning.path) }
    ),
    list: async () =>
      [...entries]
        .map(([path, entry]) => ({ path, size: entry.uncompressedSize }))
        .sort((a, b) => compareNaturally(a.path, b.path)),
    read: async (path) => buffer(await open(path)),
    open,
    close: async () => zip.close()
  }
}

async function openZip(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { lazyEntries: true, autoClose: false, decodeStrings: false })
  } catch (error) {
    if (isMissing(error))
      throw new ImportRefused('course-import.file-not-found', 'There is no such zip file. Check the path.')
    throw (await startsLikeZip(file)) ? truncated() : notAZip()
  }
}

async function openEntry(zip: ZipFile, entry: Entry, path: string): Promise<Readable> {
  const content = await zip.openReadStreamPromise(entry).catch((error: unknown) => {
    throw refusalFor(error, path)
  })
  const checked = checksummed(entry, path)
  // The failure of either side reaches the reader of `checked`; here it would only be reported a second time.
  pipeline(content, checked).catch((error: unknown) => checked.destroy(refusalFor(error, path)))
  return checked
}

function checksummed(entry: Entry, path: string): Transform {
  let sum = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum)
      done(null, chunk)
    },
    flush(done) {
      done(sum === entry.crc32 ? null : damaged(path))
    },
    // A source that fails hands its error over here before anybody reads it.
    destroy(error, done) {
      done(error === null ? null : refusalFor(error, path))
    }
  })
}

/** The folder, with its slash, that every file lies in; empty when there is none. */
function wrappingFolder(paths: string[]): string {
  const first = paths[0] ?? ''
  const folder = first.slice(0, first.indexOf('/') + 1)
  return folder !== '' && paths.every((path) => path.startsWith(folder)) ? folder : ''
}

async function startsLikeZip(file: string): Promise<boolean> {
  const handle = await openFile(file)
  try {
    const { buffer: start, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    return bytesRead === 4 && start.equals(Buffer.from('PK\x03\x04', 'latin1'))
  } finally {
    await handle.close()
  }
}

/** yauzl tells its findings in sentences only; what they have in common is that the archive cannot be trusted. */
function refusalFor(error: unknown, path?: string): ImportRefused {
  if (error instanceof ImportRefused) return error
  const message = error instanceof Error ? error.message : ''
  if (message.includes('encryption')) return encrypted(path)
  if (/unexpected EOF|overflows file bounds/i.test(message)) return truncated()
  return damaged(path, error)
}

function damaged(path?: string, cause?: unknown): ImportRefused {
  const refusal = new ImportRefused(
    'course-import.zip-damaged',
    'A file in this zip is not what the zip declares it to be: it is damaged, or made to deceive. Pack it again.',
    path
  )
  if (cause !== undefined) refusal.cause = cause
  return refusal
}

function notAZip(): ImportRefused {
  return new ImportRefused('course-import.not-a-zip', 'This file is not a zip archive. Pack the course folder as .zip.')
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
