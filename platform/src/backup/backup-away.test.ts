import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ObjectStoreServer, startObjectStore } from '../storage/testing/object-stores.ts'
import { compare, notesIn, openWorkshop, restore, startInstallation, type Workshop } from './testing/installation.ts'

let workshop: Workshop
beforeAll(async () => {
  workshop = await openWorkshop()
}, 60_000)
afterAll(() => workshop.close())

describe.each(['s3', 'azure'] as const)('backups on %s of files that are there too', { timeout: 240_000 }, (kind) => {
  let server: ObjectStoreServer
  beforeAll(async () => {
    server = await startObjectStore(kind)
  })
  afterAll(() => server.close())

  it('bring back database and files', async () => {
    const school = await startInstallation(workshop, { repository: `${kind}://lyceum/school/backups`, env: server.env })
    const content = Buffer.alloc(9 * 1024 ** 2, 'film ')
    let key: string
    let id: string
    try {
      await school.note(1)
      key = await school.upload(content)
      await school.backUp('full')
      await school.note(2)
      const { set, addedFiles } = await school.backUp('incr')
      expect([set.type, addedFiles]).toEqual(['incr', 0])
      id = set.id
    } finally {
      await school.stop()
    }
    await school.storage.delete(key)
    const into = workshop.path()
    const { record, restored } = await restore(school, { kind: 'set', id }, { into })
    expect(restored.files).toMatchObject({ files: 1, faults: [] })
    const back = await buffer(await school.storage.read(key))
    expect(createHash('sha256').update(back).digest('hex')).toBe(key.split('/')[1])
    expect(await notesIn(into)).toEqual([1, 2])
    if (record === null) throw new Error('no record')
    expect(await compare(into, record)).toEqual([])
  })
})
