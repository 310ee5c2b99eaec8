import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { tryCopy } from '../../../../apps/server/src/backup/try-copy.ts'
import { allMigrations } from '../../../../apps/server/src/migrations.ts'
import { readConfig } from '../../config/config.ts'
import { runApart } from '../process/run-apart.ts'
import { putSealed, putStored } from '../repository/repository.ts'
import { describe as describeSet, listSets, readManifest } from '../set/read-sets.ts'
import { setFile } from '../set/set.ts'
import { archiveNow, repositoriesOf } from '../testing/archive-now.ts'
import { breakOffVerification } from '../testing/break-off.ts'
import { filesBelow, flipBit } from '../testing/damage.ts'
import {
  type Installation,
  type InstallationOptions,
  openWorkshop,
  restore,
  startInstallation,
  type Workshop
} from '../testing/installation.ts'
import { scratchOf, sweepScratch } from './scratch.ts'
import { verifyInstallation } from './verify-installation.ts'
import type { TryOut } from './verify-set.ts'

let workshop: Workshop
const running: Installation[] = []

beforeAll(async () => {
  workshop = await openWorkshop()
}, 60_000)
afterEach(async () => {
  for (const installation of running.splice(0)) await installation.stop()
})
afterAll(() => workshop.close())

async function start(options: InstallationOptions = {}): Promise<Installation> {
  const installation = await startInstallation(workshop, options)
  running.push(installation)
  return installation
}

const nobody: TryOut = async () => undefined

const verify = (
  { environment, identity, home, ownerUrl }: Installation,
  tryOut = nobody,
  more: { set?: string; allFiles?: boolean } = {}
) =>
  verifyInstallation({
    config: readConfig({ ...environment, BACKUP_IDENTITY: identity }),
    home,
    ownerUrl,
    migrations: allMigrations(),
    tryOut,
    tell: () => undefined,
    ...more
  })

const proofsOf = ({ ask }: Installation) =>
  ask<{ verdict: string; why: string | null }>('select verdict, why from platform.backup_proof order by finished_at')

const leftIn = ({ home }: Installation): string[] =>
  existsSync(scratchOf(home)) ? readdirSync(scratchOf(home)).filter((name) => !name.startsWith('postgres.')) : []

describe('a verification', { timeout: 240_000 }, () => {
  it('proves a set by restoring it and signing in, and touches nothing of what serves', async () => {
    const school = await start()
    // Comes along with the data directory: a copy that obeyed it would write into the live archive.
    const trap = workshop.path()
    mkdirSync(trap)
    await chmod(trap, 0o777)
    await school.ask(`alter system set archive_mode = 'always'`)
    await school.ask(`alter system set archive_command = 'cp %p ${trap}/%f'`)
    await school.note(1)
    await school.upload('a handout')
    await school.upload(Buffer.alloc(9 * 1024 ** 2, 'film '))
    const { set } = await school.backUp('full')
    await school.ask(`insert into platform.heartbeat (at) values (now())`)
    await school.note(2)
    const [first] = await repositoriesOf(school)
    await archiveNow(school)
    const before = (await first.store.list('')).map(({ name }) => name)

    const found = await verify(school, tryCopy)
    expect(found).toMatchObject({
      setId: set.id,
      verdict: 'proven',
      why: null,
      differences: [],
      mended: [],
      faults: [],
      filesCompared: 2
    })
    expect(found.rowsCompared).toBeGreaterThan(10)
    expect(found.rpoSeconds).toBeLessThan(120)
    expect(found.rtoSeconds).toBeGreaterThan(0)
    expect(await proofsOf(school)).toEqual([{ verdict: 'proven', why: null }])

    expect((await first.store.list('')).map(({ name }) => name)).toEqual(before)
    expect(readdirSync(trap)).toEqual([])
    expect(leftIn(school)).toEqual([])
    expect(await school.ask('select id from note order by id')).toEqual([{ id: 1 }, { id: 2 }])
    expect(await school.ask(`select to_regclass('public.lyceum_copy') as copy`)).toEqual([{ copy: null }])
    expect(await school.ask('select id from "user".tenant where synthetic')).toEqual([])
  })

  it('is made for the server by a process of its own', async () => {
    const school = await start()
    await school.backUp('full')
    const { environment, identity, home, ownerUrl } = school
    const config = readConfig({ ...environment, BACKUP_IDENTITY: identity })
    const program = fileURLToPath(new URL('../../../../apps/server/src/backup/verify-process.ts', import.meta.url))
    const report = await runApart({ task: 'verify', config, home, ownerUrl, secrets: [] }, undefined, program)
    expect(report).toMatchObject({ ok: true, faults: [] })
    expect(await proofsOf(school)).toEqual([{ verdict: 'proven', why: null }])
  })

  it('finds a flipped bit in a chunk, and says so', async () => {
    const school = await start()
    await school.note(1)
    await school.backUp('full')
    const chunks = filesBelow(join(String(school.config.BACKUP_REPOSITORY), 'chunks'))
    const [largest = ''] = chunks.toSorted((one, other) => statSync(other).size - statSync(one).size)
    flipBit(largest)
    const found = await verify(school)
    expect(found).toMatchObject({ verdict: 'failed', rtoSeconds: null, rowsCompared: 0 })
    expect(found.why).toContain('is not what was stored')
    expect(found.faults.join()).toContain('lyceum backup create --type full')
    expect(leftIn(school)).toEqual([])
    expect((await proofsOf(school)).map(({ verdict }) => verdict)).toEqual(['failed'])
  })

  it('mends a chunk that the second repository has whole', async () => {
    const offsite = workshop.path()
    const school = await start({ offsite })
    await school.note(1)
    await school.backUp('full')
    const chunks = filesBelow(join(String(school.config.BACKUP_REPOSITORY), 'chunks'))
    const [largest = ''] = chunks.toSorted((one, other) => statSync(other).size - statSync(one).size)
    const whole = readFileSync(largest)
    flipBit(largest)
    const found = await verify(school)
    expect(found).toMatchObject({ verdict: 'proven', faults: [], mended: [expect.stringContaining('chunks/')] })
    expect(readFileSync(largest).equals(whole)).toBe(true)
  })

  it('finds that a row is another than was written down', async () => {
    const school = await start()
    await school.note(1)
    const { set } = await school.backUp('full')
    const [first] = await repositoriesOf(school)
    const manifest = await readManifest([first], set)
    if (manifest.record === null) throw new Error('no record')
    const tables = manifest.record.tables.map((table) =>
      table.table === 'public.note' ? { ...table, checksum: `${table.checksum}1` } : table
    )
    const changed = { ...manifest, record: { ...manifest.record, tables } }
    const stored = await putSealed(first, set.manifest.name, Buffer.from(JSON.stringify(changed)))
    await putStored(first, setFile(set.id), describeSet({ ...set, manifest: stored }))
    const found = await verify(school)
    expect(found).toMatchObject({ verdict: 'differs', differences: ['public.note has other rows'] })
    expect(await proofsOf(school)).toEqual([{ verdict: 'differs', why: 'public.note has other rows' }])
  })

  it('stores a damaged file again from live storage, for every set that has it', async () => {
    const school = await start()
    const key = await school.upload('a handout')
    const other = await school.upload('another one')
    const { set: older } = await school.backUp('full')
    await school.backUp('incr')
    const [first] = await repositoriesOf(school)
    const files = filesBelow(join(String(school.config.BACKUP_REPOSITORY), 'files'))
    for (const path of files) flipBit(path)
    const found = await verify(school, nobody, { allFiles: true })
    expect(found).toMatchObject({ verdict: 'proven', filesCompared: 2, faults: [] })
    expect(found.mended).toHaveLength(2)
    expect(await verify(school)).toMatchObject({ verdict: 'proven', mended: [] })
    for (const { id } of await listSets(first)) {
      const { restored } = await restore(school, { kind: 'set', id }, { into: workshop.path() })
      expect(restored.files).toMatchObject({ files: 2, faults: [] })
    }
    expect((await listSets(first))[0]?.id).toBe(older.id)

    // Gone from live storage as well: then it is lost, and said.
    for (const path of files) flipBit(path)
    await school.storage.delete(key)
    const lost = await verify(school)
    expect(lost.verdict).toBe('differs')
    expect(lost.differences).toEqual([expect.stringContaining(key)])
    expect(lost.differences.join()).not.toContain(other)
  })

  it('is not taken in by a copy that nobody can use', async () => {
    const school = await start()
    await school.backUp('full')
    const found = await verify(school, async () => {
      throw new Error('signing in: 500 instead of 200')
    })
    expect(found).toMatchObject({ verdict: 'failed', why: 'signing in: 500 instead of 200', rtoSeconds: null })
    expect(found.rowsCompared).toBeGreaterThan(0)
    expect(leftIn(school)).toEqual([])
  })

  it('is made by one at a time, with a key, of a set there is', async () => {
    const school = await start()
    await expect(verify(school)).rejects.toMatchObject({ code: 'backup.no-set' })
    await school.backUp('full')
    await expect(verify(school, nobody, { set: 'nobody' })).rejects.toMatchObject({ code: 'backup.no-set' })
    await expect(
      verify(school, async () => {
        await verify(school)
      })
    ).resolves.toMatchObject({ verdict: 'failed', why: expect.stringContaining('Another verification') })
    await expect(
      verifyInstallation({
        config: school.config,
        home: school.home,
        ownerUrl: school.ownerUrl,
        migrations: allMigrations(),
        tryOut: nobody,
        tell: () => undefined
      })
    ).rejects.toMatchObject({ code: 'backup.no-identity' })
  })

  it('leaves nothing behind that the next one does not clear away, wherever it is killed', async () => {
    const school = await start()
    await school.note(1)
    await school.upload('a handout')
    await school.backUp('full')
    const scratch = scratchOf(school.home)
    const moments = [
      () => existsSync(join(scratch, 'exact', 'postgres-restoring', 'PG_VERSION')),
      () => existsSync(join(scratch, 'exact', 'postgres', 'postmaster.pid')),
      () => existsSync(join(scratch, 'latest', 'postgres', 'postmaster.pid'))
    ]
    for (const moment of moments) {
      expect(await breakOffVerification(school, moment)).toBe(true)
      expect(leftIn(school)).not.toEqual([])
      if (moment === moments[0]) {
        await sweepScratch(scratch)
        expect(leftIn(school)).toEqual([])
      }
    }
    expect(await verify(school)).toMatchObject({ verdict: 'proven' })
    expect(leftIn(school)).toEqual([])
    expect(postgresIn(scratch)).toEqual([])
    expect(await school.ask('select id from note')).toEqual([{ id: 1 }])
  })
})

/** Processes whose data lies below a folder. */
const postgresIn = (folder: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/`)
    } catch {
      return false
    }
  })
