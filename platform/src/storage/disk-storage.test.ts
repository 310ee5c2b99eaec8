import { execFileSync, fork } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newId } from '../id.ts'
import { createDiskStorage } from './disk-storage.ts'

const tenantId = newId()
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lyceum-storage-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const filesIn = async (path: string) =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

it('keeps bytes under their digest, gives back all or a range, and keeps equal bytes of one school once', async () => {
  const storage = createDiskStorage({ folder })
  const bytes = randomBytes(200_000)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const stored = await storage.put(tenantId, Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]))
  expect(stored).toEqual({ key: `${tenantId}/${sha256}`, size: 200_000, sha256 })
  expect(await buffer(await storage.read(stored.key))).toEqual(bytes)
  expect(await buffer(await storage.read(stored.key, { start: 10, end: 19 }))).toEqual(bytes.subarray(10, 20))
  expect(await storage.size(stored.key)).toBe(200_000)

  await storage.put(tenantId, Readable.from([bytes]))
  await storage.put(newId(), Readable.from([bytes]))
  expect(await filesIn(folder)).toHaveLength(2)

  await storage.delete(stored.key)
  await expect(storage.read(stored.key)).rejects.toMatchObject({ code: 'storage.object-missing' })
  await expect(storage.size(stored.key)).rejects.toMatchObject({ code: 'storage.object-missing' })
  await storage.delete(stored.key)
})

it('takes over a local file', async () => {
  const storage = createDiskStorage({ folder: join(folder, 'objects') })
  const path = join(folder, 'finished')
  await writeFile(path, 'hello')
  const { key, size } = await storage.adopt(tenantId, path)
  expect(size).toBe(5)
  expect((await buffer(await storage.read(key))).toString()).toBe('hello')
  expect(await filesIn(folder)).toHaveLength(1)
  const copy = await storage.localCopy(key)
  expect(copy.path.endsWith(key.split('/')[1] ?? '?')).toBe(true)
  await copy.release()
})

it('reaches nothing outside its folder, whatever the key', async () => {
  const storage = createDiskStorage({ folder: join(folder, 'objects') })
  await writeFile(join(folder, 'secret'), 'secret')
  for (const key of [
    '../secret',
    `${tenantId}/../../secret`,
    '/etc/passwd',
    `${tenantId}/${'A'.repeat(64)}`,
    '',
    '.incoming'
  ])
    await expect(storage.read(key)).rejects.toMatchObject({ code: 'storage.object-missing' })
  await expect(storage.put('../..', Readable.from(['x']))).rejects.toMatchObject({ code: 'storage.object-missing' })
  expect(await filesIn(folder)).toEqual([join(folder, 'secret')])
})

it('refuses more than it may take, and leaves nothing of it', async () => {
  const storage = createDiskStorage({ folder })
  await expect(storage.put(tenantId, Readable.from(['12345', '6']), { maxBytes: 5 })).rejects.toMatchObject({
    code: 'storage.object-too-large'
  })
  expect(await filesIn(folder)).toEqual([])
  await storage.put(tenantId, Readable.from(['12345']), { maxBytes: 5 })
})

it('leaves nothing of a transfer that breaks off', async () => {
  const storage = createDiskStorage({ folder })
  const breaking = Readable.from(
    (async function* () {
      yield randomBytes(100_000)
      throw Object.assign(new Error('the sender went away'), { code: 'ECONNRESET' })
    })()
  )
  await expect(storage.put(tenantId, breaking)).rejects.toThrow('went away')
  expect(await filesIn(folder)).toEqual([])
})

it('says ENOSPC on a full disk, leaves nothing there and works again when there is room', async ({ skip }) => {
  const disk = join(folder, 'small-disk')
  await mkdir(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    skip('mounting a small disk takes root')
  }
  try {
    const storage = createDiskStorage({ folder: disk })
    await expect(storage.put(tenantId, Readable.from([randomBytes(600_000)]))).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await filesIn(disk)).toEqual([])
    const path = join(folder, 'elsewhere')
    await writeFile(path, randomBytes(600_000))
    await expect(storage.adopt(tenantId, path)).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await filesIn(folder)).toEqual([path])
    await storage.put(tenantId, Readable.from([randomBytes(100_000)]))
    await storage.check()
    expect(await filesIn(disk)).toHaveLength(1)
  } finally {
    execFileSync('umount', [disk])
  }
})

it('sweeps what a killed process left long ago, and nothing younger', async () => {
  const old = join(folder, '.incoming', 'old')
  await mkdir(join(folder, '.incoming'))
  await writeFile(old, 'half')
  await utimes(old, 0, 0)
  await writeFile(join(folder, '.incoming', 'young'), 'half')
  await createDiskStorage({ folder }).check()
  expect(await readdir(join(folder, '.incoming'))).toEqual(['young'])
})

it('has every acknowledged object whole after kill -9', async () => {
  const script = join(folder, 'writer.mjs')
  await writeFile(
    script,
    `import { Readable } from 'node:stream'
     import { randomBytes } from 'node:crypto'
     import { createDiskStorage } from ${JSON.stringify(join(import.meta.dirname, 'disk-storage.ts'))}
     const storage = createDiskStorage({ folder: ${JSON.stringify(join(folder, 'objects'))} })
     for (;;) process.send(await storage.put(${JSON.stringify(tenantId)}, Readable.from([randomBytes(300_000)])))`
  )
  const writer = fork(script, { execArgv: [] })
  const acknowledged: string[] = []
  writer.on('message', (stored: { key: string }) => {
    acknowledged.push(stored.key)
    if (acknowledged.length === 5) writer.kill('SIGKILL')
  })
  await once(writer, 'exit')
  const storage = createDiskStorage({ folder: join(folder, 'objects') })
  expect(acknowledged.length).toBeGreaterThanOrEqual(5)
  for (const key of acknowledged) {
    const bytes = await buffer(await storage.read(key))
    expect(`${tenantId}/${createHash('sha256').update(bytes).digest('hex')}`).toBe(key)
  }
})
