import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sniffMediaType } from './media-type.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lyceum-media-'))
})
afterAll(() => rm(folder, { recursive: true }))

const sniff = async (name: string, bytes: string | Buffer) => {
  const path = join(folder, 'bytes')
  await writeFile(path, bytes)
  return sniffMediaType(path, name)
}

const svg = (inside: string) =>
  `<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`

it.each([
  ['holiday.png', '<!DOCTYPE html><script>alert(1)</script>', 'text/html'],
  ['notes.txt', '  <script>alert(1)</script>', 'text/html'],
  ['page.png', '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', 'text/html'],
  ['notes.txt', 'Привет, мир', 'text/plain'],
  ['notes.txt', 'BMW is a car, not a bitmap', 'text/plain'],
  ['notes.md', '<div align="center">\n\n# Title', 'text/markdown'],
  ['people.csv', 'name,email\nAna,ana@example.test', 'text/csv'],
  ['captions.vtt', 'WEBVTT\n\n00:00.000 --> 00:01.000\nHi', 'text/vtt'],
  ['feed.xml', '<?xml version="1.0"?><rss/>', 'application/xml'],
  ['report.pdf', '%PDF-1.7\n%âãÏÓ\n1 0 obj', 'application/pdf'],
  ['strange.txt', Buffer.from([1, 2, 3, 0, 255]), 'application/octet-stream'],
  ['windows-1251.txt', Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]), 'application/octet-stream'],
  ['empty.bin', '', 'text/plain'],
  ['archive.jpg', Buffer.from('PK\u0005\u0006'.padEnd(22, '\0'), 'latin1'), 'application/zip']
])('takes %s for what its bytes are', async (name, bytes, mediaType) => {
  expect(await sniff(name, bytes)).toEqual({ mediaType, scripted: false })
})

it('knows pictures by their bytes', async () => {
  const png = await sharp({ create: { width: 4, height: 3, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  expect(await sniff('picture.html', png)).toEqual({ mediaType: 'image/png', scripted: false })
})

it('tells a drawing from a drawing that acts', async () => {
  expect(await sniff('a.svg', svg('<circle r="4"/>'))).toEqual({ mediaType: 'image/svg+xml', scripted: false })
  for (const acting of [
    '<script>alert(1)</script>',
    '<circle onload = "alert(1)"/>',
    '<a href="javascript:alert(1)"/>',
    '<foreignObject/>',
    '<x:script xmlns:x="http://www.w3.org/2000/svg"/>'
  ])
    expect(await sniff('a.svg', svg(acting))).toEqual({ mediaType: 'image/svg+xml', scripted: true })
})

it('cuts its sample anywhere in a letter', async () => {
  expect(await sniff('long.txt', `a${'щ'.repeat(40_000)}`)).toMatchObject({ mediaType: 'text/plain' })
})
