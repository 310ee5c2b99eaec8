import type { Entry, ZipFile } from 'yauzl'
import { ImportRefused, type ImportWarning } from './course-import.ts'
import { isLitter } from './source-path.ts'
import { assertSafeEntryName, decodeEntryName } from './zip-entry-name.ts'

/** What an archive may hold. Sizes are bytes. */
export interface ZipLimits {
  files: number
  /** Of all files together, uncompressed. */
  totalSize: number
  /** Uncompressed to compressed, of a file or of the whole; not looked at below `ratioFrom`. */
  ratio: number
  ratioFrom: number
}

export const zipLimits: ZipLimits = {
  files: 20_000,
  totalSize: 4 * 1024 ** 3,
  ratio: 200,
  ratioFrom: 10 * 1024 ** 2
}

const LOCAL_HEADER_SIZE = 30
const FILE_TYPE_MASK = 0o170000
const SYMBOLIC_LINK = 0o120000
const WINZIP_AES = 99

/**
 * The files of an archive by name, after every check that needs no unpacking. All entries are checked, also those
 * that are then passed over as litter. Throws `ImportRefused`.
 */
export async function readZipEntries(
  zip: ZipFile,
  limits: ZipLimits
): Promise<{ entries: Map<string, Entry>; warnings: ImportWarning[] }> {
  const entries = new Map<string, Entry>()
  const all: Entry[] = []
  const guessed: string[] = []
  if (zip.entryCount > limits.files) throw tooManyFiles(limits)
  for await (const entry of zip.eachEntry()) {
    all.push(entry)
    if (all.length > limits.files) throw tooManyFiles(limits)
    const decoded = decodeEntryName(entry)
    assertSafeEntryName(decoded.name)
    assertReadable(entry, decoded.name)
    const name = decoded.name.normalize('NFC')
    if (name.endsWith('/') || isLitter(name)) continue
    if (entries.has(name)) throw duplicateName(name)
    entries.set(name, entry)
    if (decoded.guessed) guessed.push(name)
  }
  assertSizes(all, limits)
  assertNoOverlap(all, zip.fileSize)
  return { entries, warnings: [...guessedNames(guessed), ...namesDifferingInCase([...entries.keys()])] }
}

function assertReadable(entry: Entry, name: string): void {
  if (entry.isEncrypted() || entry.compressionMethod === WINZIP_AES) throw encrypted(name)
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK) === SYMBOLIC_LINK) {
    throw new ImportRefused(
      'course-import.zip-symbolic-link',
      'This zip holds a symbolic link. Replace it with the file it points to and pack again.',
      name
    )
  }
  if (!entry.canDecodeFileData()) {
    throw new ImportRefused(
      'course-import.zip-unsupported-compression',
      'This zip is packed in a way that cannot be read here. Pack it again with the ordinary “Deflate” method.',
      name
    )
  }
}

function assertSizes(entries: Entry[], limits: ZipLimits): void {
  const total = { compressed: 0, uncompressed: 0 }
  for (const entry of entries) {
    total.compressed += entry.compressedSize
    total.uncompressed += entry.uncompressedSize
    assertRatio(entry.uncompressedSize, entry.compressedSize, limits, decodeEntryName(entry).name)
  }
  if (total.uncompressed > limits.totalSize) {
    throw new ImportRefused(
      'course-import.zip-too-large',
      `This zip unpacks to more than ${Math.floor(limits.totalSize / 1024 ** 2)} MiB. Leave out large videos and add them to the course afterwards.`
    )
  }
  assertRatio(total.uncompressed, total.compressed, limits)
}

function assertRatio(uncompressed: number, compressed: number, limits: ZipLimits, path?: string): void {
  if (uncompressed <= limits.ratioFrom || uncompressed <= compressed * limits.ratio) return
  throw new ImportRefused(
    'course-import.zip-suspicious-ratio',
    `This zip unpacks to more than ${limits.ratio} times its size, as an attack would. Leave the file out, or import the course as a folder.`,
    path
  )
}

/**
 * Files of an honest archive lie one after another. Where they overlap, a few kilobytes unpack to terabytes
 * (Fifield, "A better zip bomb", 2019). Local headers may be longer than counted here, so honest files never collide.
 */
function assertNoOverlap(entries: Entry[], fileSize: number): void {
  const spans = entries
    .map((entry) => ({
      start: entry.relativeOffsetOfLocalHeader,
      end: entry.relativeOffsetOfLocalHeader + LOCAL_HEADER_SIZE + entry.fileNameLength + entry.compressedSize
    }))
    .sort((a, b) => a.start - b.start)
  let reached = 0
  for (const span of spans) {
    if (span.end > fileSize) throw truncated()
    if (span.start < reached) {
      throw new ImportRefused(
        'course-import.zip-overlapping-files',
        'Files in this zip overlap, as in an attack or after damage. Pack the course folder again.'
      )
    }
    reached = span.end
  }
}

export function truncated(): ImportRefused {
  return new ImportRefused(
    'course-import.zip-truncated',
    'This zip ends too early: the upload or download was cut off. Send it again.'
  )
}

export function encrypted(name?: string): ImportRefused {
  return new ImportRefused(
    'course-import.zip-encrypted',
    'This zip is protected by a password. Pack it again without one.',
    name
  )
}

function tooManyFiles(limits: ZipLimits): ImportRefused {
  return new ImportRefused(
    'course-import.zip-too-many-files',
    `This zip holds more than ${limits.files} files. Split the course into several archives.`
  )
}

function duplicateName(name: string): ImportRefused {
  return new ImportRefused(
    'course-import.zip-duplicate-name',
    'Two files in this zip have the same name, so it is unclear which one is meant. Remove one and pack again.',
    name
  )
}

function guessedNames(names: string[]): ImportWarning[] {
  const [first] = names
  if (first === undefined) return []
  const message = `The zip does not say in which alphabet its file names are written (${names.length} of them, such as “${first}”); check that they read well. A newer archiver marks names as UTF-8.`
  return [{ code: 'course-import.zip-legacy-names', path: first, message }]
}

function namesDifferingInCase(names: string[]): ImportWarning[] {
  const seen = new Map<string, string>()
  const warnings: ImportWarning[] = []
  for (const name of names) {
    const folded = name.toLowerCase()
    const other = seen.get(folded)
    if (other === undefined) seen.set(folded, name)
    else {
      const message = `This name differs from “${other}” only in capital letters; on Windows and macOS one of the two would be lost. Rename one.`
      warnings.push({ code: 'course-import.names-differ-in-case', path: name, message })
    }
  }
  return warnings
}
