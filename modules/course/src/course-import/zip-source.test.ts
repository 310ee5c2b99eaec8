import { readFile, writeFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { crc32, deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { contents, zipOf } from './course-fixture.ts'
import { readCourse } from './read-course.ts'
import { zipLimits } from './zip-entries.ts'
import { openZipSource } from './zip-source.ts'

interface RawEntry {
  name: string | Buffer
  content?: Buffer | string
  flags?: number
  method?: number
  mode?: number
  /** What the headers declare, where it is not the truth. */
  declaredSize?: number
  declaredCompressedSize?: number
  /** The entry whose local header this one points to. */
  sharesDataWith?: number
}

/** A zip written byte by byte (APPNOTE 4.3), so that it can lie. */
function rawZip(entries: RawEntry[]): Buffer {
  const parts: Buffer[] = []
  const central: Buffer[] = []
  const offsets: number[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const content = Buffer.from(entry.content ?? 'text')
    const method = entry.method ?? 8
    const data = method === 8 ? deflateRawSync(content) : content
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(entry.flags ?? 0, 2)
    common.writeUInt16LE(method, 4)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(entry.declaredCompressedSize ?? data.length, 14)
    common.writeUInt32LE(entry.declaredSize ?? content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, data])
    const at = entry.sharesDataWith === undefined ? offset : (offsets[entry.sharesDataWith] ?? 0)
    offsets.push(at)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6)
    tail.writeUInt32LE(at, 10)
    central.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, name)
    if (entry.sharesDataWith !== undefined) continue
    parts.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, directory, end])
}

async function refusal(zip: Buffer, limits = zipLimits): Promise<string> {
  const source = await openZipSource(await zipOf(zip), limits).catch((error: unknown) => error)
  return source instanceof Error && 'code' in source ? String(source.code) : 'accepted'
}

test('an archive made by hand as the hostile ones are is accepted when it is honest', async () => {
  expect(await refusal(rawZip([{ name: 'a.md' }, { name: 'b.md', method: 0 }]))).toBe('accepted')
})

test.each([
  ['/etc/passwd'],
  ['../outside.md'],
  ['inside/../../outside.md'],
  ['folder\\..\\outside.md'],
  ['C:/windows.md'],
  ['c:evil.md'],
  ['nul\0.md'],
  ['a//b.md'],
  ['./a.md'],
  ['__MACOSX/../../outside.md']
])('a name that leads out of the folder is refused: %j', async (name) => {
  expect(await refusal(rawZip([{ name: 'fine.md' }, { name }]))).toBe('course-import.zip-unsafe-path')
})

test.each<[string, RawEntry[], string]>([
  ['a password', [{ name: 'a.md', flags: 1 }], 'zip-encrypted'],
  ['strong encryption', [{ name: 'a.md', flags: 0x41 }], 'zip-encrypted'],
  ['AES', [{ name: 'a.md', flags: 1, method: 99 }], 'zip-encrypted'],
  ['a symbolic link', [{ name: 'a.md', content: '/etc/passwd', mode: 0o120777 }], 'zip-symbolic-link'],
  ['a compression nobody reads', [{ name: 'a.md', method: 14 }], 'zip-unsupported-compression'],
  ['the same name twice', [{ name: 'a.md' }, { name: 'a.md' }], 'zip-duplicate-name'],
  ['names that differ in normalisation', [{ name: 'é.md' }, { name: 'e\u0301.md' }], 'zip-duplicate-name'],
  ['files that overlap', [{ name: 'a.md' }, { name: 'a.md2', sharesDataWith: 0 }], 'zip-overlapping-files'],
  ['a file longer than the archive', [{ name: 'a.md', declaredCompressedSize: 1e6 }], 'zip-truncated']
])('%s is refused', async (_what, entries, code) => {
  expect(await refusal(rawZip(entries))).toBe(`course-import.${code}`)
})

test('a file that swells more than two hundred times is refused, once it is large', async () => {
  const bomb = { name: 'bomb.md', content: Buffer.alloc(11 * 1024 ** 2) }
  expect(await refusal(rawZip([bomb]))).toBe('course-import.zip-suspicious-ratio')
  expect(await refusal(rawZip([{ ...bomb, content: Buffer.alloc(1024 ** 2) }]))).toBe('accepted')
})

test('many files that swell a little less are refused together', async () => {
  const content = Buffer.alloc(6 * 1024 ** 2)
  expect(
    await refusal(
      rawZip([
        { name: 'a', content },
        { name: 'b', content }
      ])
    )
  ).toBe('course-import.zip-suspicious-ratio')
})

test('limits of number and size are kept', async () => {
  const two = rawZip([{ name: 'a.md' }, { name: 'b.md' }])
  expect(await refusal(two, { ...zipLimits, files: 1 })).toBe('course-import.zip-too-many-files')
  expect(await refusal(two, { ...zipLimits, totalSize: 7 })).toBe('course-import.zip-too-large')
})

test('a file that unpacks to more than it declares is cut off while it is read', async () => {
  const zip = rawZip([{ name: 'a.md', content: Buffer.alloc(5_000_000), declaredSize: 10 }])
  const source = await openZipSource(await zipOf(zip))
  await expect(source.read('a.md')).rejects.toMatchObject({ code: 'course-import.zip-damaged', path: 'a.md' })
  await expect(source.open('a.md').then(buffer)).rejects.toMatchObject({ code: 'course-import.zip-damaged' })
  await source.close()
})

test('a file whose bytes were changed does not pass its checksum', async () => {
  const zip = rawZip([{ name: 'a.md', content: 'honest', method: 0 }])
  zip.write('H', zip.indexOf('honest'))
  const source = await openZipSource(await zipOf(zip))
  await expect(source.read('a.md')).rejects.toMatchObject({ code: 'course-import.zip-damaged' })
  await source.close()
})

test('a download that was cut off is told from a file that is no zip', async () => {
  const path = await zipOf({ 'a.md': 'x'.repeat(5000), 'b.md': 'y' })
  const whole = await readFile(path)
  for (const length of [whole.length - 1, whole.length - 30, 60]) {
    await writeFile(path, whole.subarray(0, length))
    await expect(openZipSource(path)).rejects.toMatchObject({ code: 'course-import.zip-truncated' })
  }
  for (const content of ['', 'PK', '%PDF-1.7 and so on', 'Rar!\x1a']) {
    await writeFile(path, content)
    await expect(openZipSource(path)).rejects.toMatchObject({ code: 'course-import.not-a-zip' })
  }
  await expect(openZipSource(`${path}.gone`)).rejects.toMatchObject({ code: 'course-import.file-not-found' })
})

test('one folder around everything is taken off, and what systems leave behind is passed over', async () => {
  const path = await zipOf({
    'Bees/01 Hive.md': '# Hive',
    'Bees/.DS_Store': '',
    '__MACOSX/Bees/._01 Hive.md': 'x',
    'Bees/img/Thumbs.db': 'x'
  })
  const source = await openZipSource(path)
  expect(await source.list()).toEqual([{ path: '01 Hive.md', size: 6 }])
  expect(source.name).toBe('Bees')
  expect((await source.read('01 Hive.md')).toString()).toBe('# Hive')
  await source.close()
})

test('an empty zip has no pages', async () => {
  const source = await openZipSource(await zipOf(rawZip([])))
  await expect(readCourse(source)).rejects.toMatchObject({ code: 'course-import.no-pages' })
  await source.close()
})

test('names are read in the alphabet they were written in', async () => {
  const cp866 = Buffer.concat([Buffer.from([0x93, 0xe0, 0xae, 0xaa]), Buffer.from(' 1.md')])
  const cp437 = Buffer.concat([Buffer.from('Caf'), Buffer.from([0x82]), Buffer.from('.md')])
  const source = await openZipSource(
    await zipOf(rawZip([{ name: 'Пчёлы.md', flags: 0x800 }, { name: 'Улей.md' }, { name: cp866 }, { name: cp437 }]))
  )
  expect((await source.list()).map((file) => file.path)).toEqual(['Café.md', 'Пчёлы.md', 'Улей.md', 'Урок 1.md'])
  expect(source.warnings).toMatchObject([{ code: 'course-import.zip-legacy-names', path: 'Урок 1.md' }])
  await source.close()
})

test('names that differ only in capitals are kept with a warning', async () => {
  const source = await openZipSource(await zipOf({ 'a.md': '1', 'A.md': '2' }))
  expect(await source.list()).toHaveLength(2)
  expect(source.warnings).toMatchObject([{ code: 'course-import.names-differ-in-case', path: 'A.md' }])
  await source.close()
})

test('a course in a zip reads like the same course in a folder', async () => {
  const source = await openZipSource(
    await zipOf({ 'Курс/10 Мёд.md': '# Мёд', 'Курс/2 Улей.md': '![рамка](рамка.png)', 'Курс/рамка.png': 'x' })
  )
  const plan = await readCourse(source)
  expect(contents(plan)).toEqual(['Курс: Улей, Мёд'])
  expect(plan.assets.map((asset) => asset.path)).toEqual(['рамка.png'])
  await source.close()
})
