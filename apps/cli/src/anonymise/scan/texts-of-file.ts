import { buffer } from 'node:stream/consumers'
import { gunzipSync, inflateSync } from 'node:zlib'
import { fromBuffer, type ZipFile } from 'yauzl'

/** A part of a file that can be read: its text in every way the bytes might be meant. */
export interface Part {
  /** Within the file: `word/document.xml`; empty for the file itself. */
  readonly name: string
  readonly texts: readonly string[]
}

/** An archive in an archive in an archive. */
const DEEPEST = 3
/** Of one member: more is a bomb, and is looked at as it is packed. */
const MOST_BYTES = 256 * 1024 ** 2

/** What can be read in a file: text, members of archives, streams and metadata of PDF; any other bytes as the text they may hold. */
export async function textsOfFile(bytes: Buffer, name = '', depth = 0): Promise<Part[]> {
  const own = { name, texts: readings(bytes) }
  if (depth >= DEEPEST) return [own]
  const inner = await innerFiles(bytes).catch((): { name: string; bytes: Buffer }[] => [])
  const parts = await Promise.all(
    inner.map((one) => textsOfFile(one.bytes, name === '' ? one.name : `${name}/${one.name}`, depth + 1))
  )
  return [own, { name, texts: inner.map((one) => one.name) }, ...parts.flat()]
}

/** UTF-8, and UTF-16 where every other byte is zero: the texts of photographs and of PDF. */
function readings(bytes: Buffer): string[] {
  const zeros = bytes.subarray(0, 1024 ** 2).reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0)
  const texts = [bytes.toString('utf8'), bytes.toString('latin1')]
  if (zeros < 2) return bytes.every((byte) => byte < 128) ? texts.slice(0, 1) : texts
  for (const shift of [0, 1]) {
    const even = bytes.subarray(shift, bytes.length - ((bytes.length - shift) % 2))
    texts.push(even.toString('utf16le'), Buffer.from(even).swap16().toString('utf16le'))
  }
  return texts
}

async function innerFiles(bytes: Buffer): Promise<{ name: string; bytes: Buffer }[]> {
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') return membersOf(bytes)
  if (bytes.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])))
    return [{ name: 'gzip', bytes: gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) }]
  if (bytes.subarray(0, 1024).includes('%PDF-')) return streamsOf(bytes)
  return []
}

async function membersOf(bytes: Buffer): Promise<{ name: string; bytes: Buffer }[]> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: false }, (error, opened) =>
      error ? reject(error) : resolve(opened)
    )
  )
  const members: { name: string; bytes: Buffer }[] = []
  return new Promise((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', () => resolve(members))
    zip.on('entry', (entry) => {
      if (entry.fileName.endsWith('/') || entry.uncompressedSize > MOST_BYTES) {
        members.push({ name: entry.fileName, bytes: Buffer.alloc(0) })
        return zip.readEntry()
      }
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error)
        buffer(stream).then((read) => {
          members.push({
            name: entry.fileName,
            bytes: Buffer.concat([read, Buffer.from(`\n${entry.fileComment ?? ''}`)])
          })
          zip.readEntry()
        }, reject)
      })
    })
    zip.readEntry()
  })
}

/** Streams that are deflated, which are nearly all, and texts in hexadecimal as metadata has them. */
function streamsOf(bytes: Buffer): { name: string; bytes: Buffer }[] {
  const text = bytes.toString('latin1')
  const found: { name: string; bytes: Buffer }[] = []
  for (const { index } of text.matchAll(/\bstream\r?\n/g)) {
    const start = text.indexOf('\n', index) + 1
    const end = text.indexOf('endstream', start)
    if (end < 0) continue
    try {
      found.push({
        name: `stream ${found.length + 1}`,
        bytes: inflateSync(bytes.subarray(start, end), { maxOutputLength: MOST_BYTES, finishFlush: 2 })
      })
    } catch {
      // Not deflated: it was looked at with the rest.
    }
  }
  const strings = [...text.matchAll(/<([0-9a-f\s]{8,})>/gi)].map(([, digits = '']) =>
    Buffer.from(digits.replace(/\s/g, ''), 'hex')
  )
  return strings.length === 0
    ? found
    : [...found, { name: 'metadata', bytes: Buffer.concat(strings.flatMap((one) => [one, Buffer.from('\n\0')])) }]
}
