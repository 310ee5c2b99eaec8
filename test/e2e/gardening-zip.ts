import { crc32, deflateSync } from 'node:zlib'
import { ZipFile } from 'yazl'

export const LONG_PAGE = 'A year in the garden'

/** A small course as a teacher would pack it: two units, a long page with pictures, a picture that is missing. */
export async function gardeningZip(): Promise<Buffer> {
  const weeks = Array.from(
    { length: 40 },
    (_, week) =>
      `Week ${week + 1}: ${'Look at every bed, pull what does not belong there and write down what has changed since the last time. '.repeat(3)}`
  )
  weeks.splice(10, 0, '![A bed in spring](../pictures/spring.png)')
  weeks.splice(30, 0, '![A bed in autumn](../pictures/autumn.png)')
  const files: Record<string, string | Buffer> = {
    '01-plants/01-year.md': `# ${LONG_PAGE}\n\n${weeks.join('\n\n')}\n`,
    '01-plants/02-soil.md': '# Soil\n\nDark and crumbly.\n',
    '01-plants/03-tools.md': '# Tools\n\nA spade.\n\n![A spade](../pictures/missing.png)\n',
    '02-water/01-watering.md': '# Watering\n\nIn the evening.\n',
    'pictures/spring.png': picture(640, 360, [120, 170, 90]),
    'pictures/autumn.png': picture(640, 360, [180, 120, 60])
  }
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** A PNG of one colour (https://www.w3.org/TR/png-3/). */
function picture(width: number, height: number, color: readonly [number, number, number]): Buffer {
  const row = Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, () => Buffer.from(color))])
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk('IEND', Buffer.alloc(0))
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
