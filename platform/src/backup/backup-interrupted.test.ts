import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mountSmallDisk, NEEDS_ROOT } from '../../../apps/server/src/testing/small-disk.ts'
import { listSets, readContents } from './set/read-sets.ts'
import { repositoriesOf } from './testing/archive-now.ts'
import { breakOffBackup } from './testing/break-off.ts'
import {
  type Installation,
  notesIn,
  openWorkshop,
  restore,
  startInstallation,
  type Workshop
} from './testing/installation.ts'

let workshop: Workshop
beforeAll(async () => {
  workshop = await openWorkshop()
}, 60_000)
afterAll(() => workshop.close())

const countIn = (folder: string): number => {
  try {
    return readdirSync(folder, { recursive: true }).length
  } catch {
    return 0
  }
}

/** Objects that no set of the repository needs. */
async function superfluous(school: Installation): Promise<string[]> {
  const [first] = await repositoriesOf(school)
  const sets = await listSets(first)
  const needed = new Set(
    sets.flatMap(({ id }) => ['set.json', 'contents', 'manifest.age'].map((name) => `sets/${id}/${name}`))
  )
  for (const set of sets) for (const { name } of await readContents(first, set)) needed.add(name)
  const there = (await first.store.list('')).map(({ name }) => name)
  return there.filter((name) => !needed.has(name) && !/^(?:wal|pushes)\/|^repository\.json$/.test(name))
}

describe('a backup that does not come to its end', { timeout: 120_000 }, () => {
  it('counts for nothing wherever it is killed, and the next one cleans up', async () => {
    const school = await startInstallation(workshop)
    try {
      await school.note(1)
      await school.upload('a handout')
      await school.backUp('full')
      await school.upload('another one')
      const folder = String(school.config.BACKUP_REPOSITORY)
      const chunks = countIn(join(folder, 'chunks'))
      const sets = countIn(join(folder, 'sets'))
      const moments = [
        () => countIn(join(folder, 'locks')) > 0,
        () => countIn(join(folder, 'files')) > 4,
        () => countIn(join(folder, 'chunks')) > chunks + 20,
        () => countIn(join(folder, 'chunks')) > chunks + 250,
        () => countIn(join(folder, 'sets')) > sets,
        () => countIn(join(folder, 'sets')) > sets + 1
      ]
      for (const moment of moments) {
        const killed = await breakOffBackup(school, 'full', moment)
        if (killed) expect(await listSets((await repositoriesOf(school))[0])).toHaveLength(1)
      }
      await school.note(2)
      const { set } = await school.backUp('full')
      expect(await superfluous(school)).toEqual([])
      expect((await listSets((await repositoriesOf(school))[0])).map(({ id }) => id)).toContain(set.id)
    } finally {
      await school.stop()
    }
    const into = workshop.path()
    const { restored } = await restore(school, { kind: 'latest' }, { into })
    expect(restored.files).toMatchObject({ files: 2, faults: [] })
    expect(await notesIn(into)).toEqual([1, 2])
  })

  const disk = mountSmallDisk(24)
  it.skipIf(disk === undefined)(`says that the repository is full, and loses nothing (${NEEDS_ROOT})`, async () => {
    if (disk === undefined) return
    const school = await startInstallation(workshop, { repository: join(disk.folder, 'repository') })
    try {
      await school.note(1)
      await school.backUp('full')
      disk.fill()
      await school.upload(Buffer.from(Array.from({ length: 100_000 }, () => Math.floor(Math.random() * 256))))
      await expect(school.backUp('incr')).rejects.toMatchObject({ code: 'backup.repository-full' })
      disk.free()
      expect(await listSets((await repositoriesOf(school))[0])).toHaveLength(1)
      expect((await school.backUp('incr')).addedFiles).toBe(1)
    } finally {
      await school.stop()
      disk.unmount()
    }
  })
})
