import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDiskStore } from './disk-store.ts'
import type { ObjectStore } from './object-store.ts'
import { startCuttingS3 } from './testing/cutting-s3.ts'
import { type ObjectStoreServer, startObjectStore } from './testing/object-stores.ts'

describe.each(['disk', 's3', 'azure'] as const)('an object store on %s', (kind) => {
  let server: ObjectStoreServer | undefined
  let folder: string
  let store: ObjectStore

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lyceum-store-'))
    if (kind !== 'disk') server = await startObjectStore(kind)
    store = server?.store() ?? createDiskStore({ folder })
  })
  afterAll(async () => {
    await server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const read = async (name: string, range?: { start: number; end: number }) => {
    const found = await store.read(name, range)
    return found && { text: (await buffer(found.bytes)).toString(), size: found.size }
  }

  it('keeps, replaces, reads in ranges and deletes', async () => {
    await store.putBytes('a/b/one', Buffer.from('first'))
    await store.putBytes('a/b/one', Buffer.from('second'))
    expect(await read('a/b/one')).toEqual({ text: 'second', size: 6 })
    expect(await read('a/b/one', { start: 1, end: 3 })).toEqual({ text: 'eco', size: 3 })
    expect(await store.size('a/b/one')).toBe(6)
    await store.putBytes('a/b/none', Buffer.alloc(0))
    expect(await read('a/b/none')).toEqual({ text: '', size: 0 })
    const path = join(folder, 'given')
    await writeFile(path, 'from a file')
    await store.putFile('a/c', path, 11)
    expect(await read('a/c')).toEqual({ text: 'from a file', size: 11 })
    await rm(path)
    expect((await store.list('a/')).map(({ name }) => name).sort()).toEqual(['a/b/none', 'a/b/one', 'a/c'])
    for (const name of ['a/b/one', 'a/b/none', 'a/c', 'a/never']) await store.delete(name)
    expect([await store.size('a/c'), await read('a/c'), await store.list('a/')]).toEqual([undefined, undefined, []])
  })

  it('lists everything, however many', { timeout: 120_000 }, async () => {
    // The emulator of S3 fails where it would have to cut a list; a server below cuts one.
    const names = kind === 's3' ? MANY.slice(0, 900) : MANY
    for (let at = 0; at < names.length; at += 25)
      await Promise.all(names.slice(at, at + 25).map((name) => store.putBytes(name, Buffer.from(name))))
    expect((await store.list('many/')).map(({ name }) => name).sort()).toEqual([...names].sort())
    expect((await store.list('many/3/000')).length).toBe(names.filter((name) => name.startsWith('many/3/000')).length)
  })
})

const MANY = Array.from({ length: 1_050 }, (_, at) => `many/${String(at % 7)}/${String(at).padStart(5, '0')}`)

describe('an object store on s3', () => {
  it('asks for the rest of a list that was cut at 1,000', async () => {
    const { store, asked, close } = await startCuttingS3(MANY)
    expect((await store.list('many/')).map(({ name }) => name)).toEqual(MANY)
    expect(asked).toEqual([null, '1000'])
    await close()
  })
})

describe('an object store on a disk', () => {
  it('leaves nothing half-written, keeps out of other folders, and does not take a missing disk for an empty one', async () => {
    const root = await mkdtemp(join(tmpdir(), 'lyceum-store-'))
    const folder = join(root, 'store')
    await mkdir(folder)
    const store = createDiskStore({ folder })
    await expect(store.putFile('x', join(root, 'missing'), 3)).rejects.toThrow(/ENOENT/)
    expect(await readdir(join(folder, '.incoming'))).toEqual([])
    expect(await store.list('')).toEqual([])
    for (const name of ['../out', '/etc/passwd', 'a/../../b', '.incoming/x', ''])
      await expect(store.putBytes(name, Buffer.from('x'))).rejects.toMatchObject({ code: 'storage.refused' })
    await store.putBytes('kept', Buffer.from('x'))
    await rm(folder, { recursive: true })
    for (const ask of [() => store.list(''), () => store.read('kept'), () => store.putBytes('kept', Buffer.from('x'))])
      await expect(ask()).rejects.toMatchObject({ code: 'storage.unavailable' })
    expect(await readdir(root)).toEqual([])
    await rm(root, { recursive: true })
  })
})
