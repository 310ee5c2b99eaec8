import { createHash } from 'node:crypto'
import type { Chance, StandIns } from '@lyceum/platform/stand-ins'
import type { Sharp } from 'sharp'
import { ZipFile } from 'yazl'

/** A file whose bytes say who somebody is. */
export interface Original {
  readonly sha256: string
  readonly mediaType: string
  readonly size: number
  readonly width: number | null
  readonly height: number | null
  /** The whole of it where it is text, so that the stand-in is as long and in the same language. */
  readonly text: () => Promise<string>
}

export interface StandInBytes {
  readonly bytes: Buffer
  readonly width: number | null
  readonly height: number | null
}

/** More than this is not made up: a copy needs no gigabytes of nothing. */
const MOST_BYTES = 16 * 1024 ** 2
const MOST_PIXELS = 16_000_000
const MOST_TEXT = 4 * 1024 ** 2

/** Bytes of the same type and about the same size that nobody made. */
export async function standInBytes(original: Original, standIns: StandIns): Promise<StandInBytes> {
  const { mediaType, sha256, size } = original
  const chance = standIns.chance('bytes', sha256)
  const wanted = Math.min(size, MOST_BYTES)
  const plain = (bytes: Buffer): StandInBytes => ({ bytes, width: null, height: null })
  if (mediaType === 'image/svg+xml') return drawing(original, chance)
  if (/^image\/(?:png|jpeg|webp|gif|avif|tiff)$/.test(mediaType)) return picture(original, chance)
  if (mediaType === 'text/html') return plain(Buffer.from(standIns.replace('html', await original.text())))
  if (mediaType === 'text/vtt' || mediaType === 'application/x-subrip')
    return plain(Buffer.from(captions(await original.text(), standIns)))
  if (mediaType.startsWith('text/') || mediaType === 'application/json' || mediaType === 'application/xml')
    return plain(Buffer.from(standIns.replace('text', (await original.text()).slice(0, MOST_TEXT))))
  if (mediaType === 'application/pdf') return plain(pdf(wanted, chance))
  if (mediaType === 'audio/wav' || mediaType === 'audio/vnd.wave' || mediaType === 'audio/x-wav')
    return plain(silence(wanted))
  if (mediaType === 'video/mp4' || mediaType === 'audio/mp4' || mediaType === 'video/quicktime')
    return plain(emptyFilm(wanted))
  if (mediaType === 'application/zip' || mediaType.includes('officedocument') || mediaType.includes('opendocument'))
    return plain(await archive(mediaType, wanted, chance))
  return plain(noise(wanted, chance))
}

/** As many pixels, in colours nobody chose. */
async function picture({ mediaType, size, width, height }: Original, chance: Chance): Promise<StandInBytes> {
  const { default: sharp } = await import('sharp')
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / Math.max(1, (width ?? 64) * (height ?? 64))))
  const [wide, high] = [width ?? 64, height ?? 64].map((side) => Math.max(1, Math.floor(side * scale)))
  const colour = () => ({ r: chance.whole(256), g: chance.whole(256), b: chance.whole(256) })
  // Noise takes as many bytes as a photograph, a plain colour as few as a drawing.
  const isPhotograph = size / ((wide ?? 1) * (high ?? 1)) > 0.2
  const made = sharp({
    create: {
      width: wide ?? 64,
      height: high ?? 64,
      channels: 3,
      background: colour(),
      ...(isPhotograph ? { noise: { type: 'gaussian' as const, mean: 60 + chance.whole(120), sigma: 25 } } : {})
    }
  })
  return { bytes: await encoded(made, mediaType), width: wide ?? null, height: high ?? null }
}

function encoded(made: Sharp, mediaType: string): Promise<Buffer> {
  switch (mediaType) {
    case 'image/png':
      return made.png().toBuffer()
    case 'image/webp':
      return made.webp().toBuffer()
    case 'image/gif':
      return made.gif().toBuffer()
    case 'image/avif':
      return made.avif({ effort: 0 }).toBuffer()
    case 'image/tiff':
      return made.tiff().toBuffer()
    default:
      return made.jpeg().toBuffer()
  }
}

function drawing({ width, height, size }: Original, chance: Chance): StandInBytes {
  const [wide, high] = [width ?? 640, height ?? 360]
  const shape = () =>
    `<rect x="${chance.whole(wide)}" y="${chance.whole(high)}" width="${chance.whole(wide)}" height="${chance.whole(high)}" fill="#${chance
      .whole(2 ** 24)
      .toString(16)
      .padStart(6, '0')}"/>`
  const shapes: string[] = []
  for (let length = 120; length < Math.min(size, 200_000); length += shapes.at(-1)?.length ?? 1) shapes.push(shape())
  const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}">${shapes.join('')}</svg>`
  return { bytes: Buffer.from(text), width, height }
}

/** The times stay with other words between them. */
const captions = (text: string, standIns: StandIns): string =>
  text
    .split(/\r?\n/)
    .map((line, at) => {
      if (/^[\d:.,]+ --> [\d:.,]+/.test(line)) return line.replace(/^([\d:.,]+ --> [\d:.,]+).*/, '$1')
      return at === 0 && line.startsWith('WEBVTT')
        ? 'WEBVTT'
        : /^\d*$/.test(line)
          ? line
          : standIns.replace('text', line)
    })
    .join('\n')

/** One page with a grey box, and a stream nobody shows that makes it as large. */
function pdf(size: number, chance: Chance): Buffer {
  const drawn = '0.8 g 72 72 451 698 re f'
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>',
    `<</Length ${drawn.length}>>\nstream\n${drawn}\nendstream`
  ].map((body) => Buffer.from(body))
  const filling = noise(Math.max(0, size - 700), chance)
  objects.push(
    Buffer.concat([Buffer.from(`<</Length ${filling.length}>>\nstream\n`), filling, Buffer.from('\nendstream')])
  )
  const parts = [Buffer.from('%PDF-1.4\n')]
  const offsets: number[] = []
  let at = parts[0]?.length ?? 0
  for (const [number, body] of objects.entries()) {
    const written = Buffer.concat([Buffer.from(`${number + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')])
    offsets.push(at)
    at += written.length
    parts.push(written)
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${at}\n%%EOF\n`
    )
  )
  return Buffer.concat(parts)
}

/** 8 kHz, one channel of 8 bits. */
function silence(size: number): Buffer {
  const samples = Math.max(0, size - 44)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8000, 24)
  head.writeUInt32LE(8000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples, 40)
  return Buffer.concat([head, Buffer.alloc(samples, 128)])
}

/** A film of no length (ISO/IEC 14496-12): what it is, a header without tracks, and free space. Players show an empty picture. */
function emptyFilm(size: number): Buffer {
  const box = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(8 + body.length, 0)
    head.write(type, 4)
    return Buffer.concat([head, body])
  }
  const movieHeader = Buffer.alloc(100)
  movieHeader.writeUInt32BE(1000, 12)
  movieHeader.writeUInt32BE(0x00010000, 20)
  movieHeader.writeUInt16BE(0x0100, 24)
  for (const [at, value] of [
    [36, 0x00010000],
    [52, 0x00010000],
    [68, 0x40000000]
  ] as const)
    movieHeader.writeUInt32BE(value, at)
  movieHeader.writeUInt32BE(1, 96)
  const start = Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1')),
    box('moov', box('mvhd', movieHeader))
  ])
  return Buffer.concat([start, box('free', Buffer.alloc(Math.max(0, size - start.length - 8)))])
}

/** A document of no words where programs open such files; else one member of noise. */
async function archive(mediaType: string, size: number, chance: Chance): Promise<Buffer> {
  const zip = new ZipFile()
  const mtime = new Date(Date.UTC(2000, 0, 1))
  const add = (name: string, content: Buffer | string) =>
    zip.addBuffer(Buffer.from(content), name, { mtime, compress: false })
  const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  if (mediaType.startsWith('application/vnd.oasis')) add('mimetype', mediaType)
  if (mediaType === WORD) {
    add(
      '[Content_Types].xml',
      `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType="application/octet-stream"/><Override PartName="/word/document.xml" ContentType="${WORD}.main+xml"/></Types>`
    )
    add(
      '_rels/.rels',
      '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    add(
      'word/document.xml',
      '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p/></w:body></w:document>'
    )
  }
  add('filling.bin', noise(Math.max(0, size - 1_800), chance))
  zip.end()
  const parts: Buffer[] = []
  for await (const part of zip.outputStream) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

/** Bytes that no compression makes smaller. */
function noise(size: number, chance: Chance): Buffer {
  if (size === 0) return Buffer.alloc(0)
  const seed = Buffer.alloc(32)
  for (let at = 0; at < 32; at++) seed[at] = chance.whole(256)
  return createHash('shake256', { outputLength: size }).update(seed).digest()
}
