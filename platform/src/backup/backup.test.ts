import { existsSync, renameSync, rmSync } from 'node:fs'
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { zstdDecompressSync } from 'node:zlib'
import { Decrypter } from 'age-encryption'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts'
import { makeKeyPair } from './backup-key.ts'
import { checkInstallation } from './check/check-installation.ts'
import { createBackup, pushUploads } from './create-backup.ts'
import { recoveriesOf } from './engine/open-recovery.ts'
import type { Recoveries } from './engine/recovery.ts'
import { lockRepository } from './repository/lock.ts'
import { mustBeWhole } from './restore/restore-target.ts'
import { listSets } from './set/read-sets.ts'
import { archiveNow, endSegment, repositoriesOf } from './testing/archive-now.ts'
import { askDoor } from './testing/ask-door.ts'
import { breakOff } from './testing/break-off.ts'
import { filesBelow, flipBit } from './testing/damage.ts'
import {
  ask,
  compare,
  type Installation,
  type InstallationOptions,
  inLyceum,
  lookInto,
  notesIn,
  openWorkshop,
  restore,
  startInstallation,
  type Workshop
} from './testing/installation.ts'
import { listLog, segmentsIn } from './wal/archived-log.ts'
import { segmentName } from './wal/log-sequence.ts'

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

async function stop(installation: Installation): Promise<void> {
  running.splice(running.indexOf(installation), 1)
  await installation.stop()
}

describe('backups of the embedded database', { timeout: 240_000 }, () => {
  it('bring everything back: to a set, to a point, to an instant and to the last minute', async () => {
    const offsite = workshop.path()
    const school = await start({ offsite })
    await school.note(1)
    const early = await school.upload('a handout')
    const { set: full, exact, addedFiles } = await school.backUp('full')
    expect({ exact, addedFiles, type: full.type }).toEqual({ exact: true, addedFiles: 1, type: 'full' })
    await school.note(2)
    const late = await school.upload(Buffer.alloc(9 * 1024 ** 2, 'film '))
    const { set: incr, offsite: away } = await school.backUp('incr', 'before-2.1')
    expect([incr.generation, incr.type, away]).toEqual([full.id, 'incr', { copied: true, fault: null }])
    expect(incr.sizes.addedBytes).toBeLessThan(full.sizes.addedBytes / 2)
    const third = await school.note(3)
    const between = await school.upload('uploaded between sets')
    expect(await pushUploads(school)).toEqual({ added: 1, faults: [] })
    await school.note(4)
    await archiveNow(school)
    await stop(school)

    const exactly = workshop.path()
    const point = await restore(school, { kind: 'point', point: 'before-2.1' }, { into: exactly })
    expect(await notesIn(exactly)).toEqual([1, 2])
    if (point.record === null) throw new Error('no record')
    expect(point.record.tables.length).toBeGreaterThan(20)
    expect(await compare(exactly, point.record)).toEqual([])
    expect(point.restored.files).toMatchObject({ files: 3, faults: [] })
    await change(exactly, `update note set word = 'changed' where id = 1`)
    expect(await compare(exactly, point.record)).toEqual(['public.note has other rows'])

    const byTime = workshop.path()
    await restore(school, { kind: 'time', time: third }, { into: byTime })
    expect(await notesIn(byTime)).toEqual([1, 2, 3])

    // With the first repository gone, the second has all of it.
    renameSync(String(school.config.BACKUP_REPOSITORY), workshop.path())
    const latest = workshop.path()
    await restore(school, { kind: 'latest' }, { into: latest, from: [offsite] })
    expect(await notesIn(latest)).toEqual([1, 2, 3, 4])
    for (const key of [early, late, between]) {
      const [tenant = '', sha256 = ''] = key.split('/')
      expect((await stat(join(latest, 'files', tenant, sha256.slice(0, 2), sha256))).size).toBeGreaterThan(0)
    }
  })

  it('go on after a restore, on a timeline of its own in the same repository', async () => {
    const school = await start()
    await school.note(1)
    await school.backUp('full')
    const fork = await school.note(2)
    await school.note(3)
    await archiveNow(school)
    await stop(school)

    const again = workshop.path()
    await restore(school, { kind: 'time', time: fork }, { into: again })
    const second = await start({
      home: again,
      repository: String(school.config.BACKUP_REPOSITORY),
      identity: school.identity
    })
    await second.note(20)
    const file = await archiveNow(second)
    expect(file.startsWith('00000002')).toBe(true)
    await second.note(21)
    await archiveNow(second)
    expect((await checked(second)).filter(([, state]) => state === 'fault')).toEqual([])
    await stop(second)

    // Without a set of the new timeline: the old set, and the log of both.
    const latest = workshop.path()
    const { plan } = await restore(school, { kind: 'latest' }, { into: latest })
    expect(plan.timeline).toBe(2)
    expect(await notesIn(latest)).toEqual([1, 2, 20, 21])
    // What was given up is still there for whoever asks for it.
    const before = workshop.path()
    await restore(school, { kind: 'latest' }, { into: before, timeline: 1 })
    expect(await notesIn(before)).toEqual([1, 2, 3])
    const third = await start({
      home: latest,
      repository: String(school.config.BACKUP_REPOSITORY),
      identity: school.identity
    })
    expect((await third.backUp('incr')).set).toMatchObject({ type: 'incr', database: { timeline: 3 } })
  })

  it('are files of age and zstd that open without us, and hold no secret', async () => {
    const school = await start({ env: { S3_SECRET_ACCESS_KEY: 'do-not-keep-me' } })
    const word = 'a word that nobody may find'
    await school.note(1, word)
    await school.backUp('full')
    const repository = String(school.config.BACKUP_REPOSITORY)
    const decrypter = new Decrypter()
    decrypter.addIdentity(school.identity)
    const plain: Buffer[] = []
    for (const path of filesBelow(repository)) {
      const bytes = await readFile(path)
      expect(bytes.includes(word)).toBe(false)
      if (!bytes.subarray(0, 21).equals(Buffer.from('age-encryption.org/v1'))) continue
      plain.push(zstdDecompressSync(await decrypter.decrypt(bytes)))
    }
    const found = Buffer.concat(plain)
    expect(found.includes(word)).toBe(true)
    expect(found.includes('S3_SECRET_ACCESS_KEY')).toBe(true)
    const password = (await readFile(join(school.home, 'secrets', 'postgres-password'), 'utf8')).trim()
    for (const secret of ['do-not-keep-me', school.identity, password]) expect(found.includes(secret)).toBe(false)
  })

  it('refuse what cannot be, before anything is written', async () => {
    const school = await start()
    const first = await school.note(1)
    const { set } = await school.backUp('full')
    await school.note(2)
    await archiveNow(school)
    await stop(school)
    const into = workshop.path()
    const refused = async (
      ...[target, options]: [Parameters<typeof restore>[1], Partial<Parameters<typeof restore>[2]>?]
    ) => {
      const error = await restore(school, target, { into, ...options }).catch((reason: unknown) => reason)
      expect(existsSync(join(options?.into ?? into, 'restoring.json'))).toBe(false)
      return error
    }

    const tomorrow = new Date(Date.now() + 24 * 60 * 60_000)
    const late = await refused({ kind: 'time', time: tomorrow })
    expect(late).toMatchObject({ code: 'backup.time-not-reached', outcome: 'refused' })
    const [, named = ''] = /--to-time (\S+Z)/.exec(String(late)) ?? []
    expect(await refused({ kind: 'time', time: new Date(first.getTime() - 60_000) })).toMatchObject({
      code: 'backup.too-early'
    })
    expect(await refused({ kind: 'set', id: 'nobody' })).toMatchObject({ code: 'backup.no-set' })
    expect(await refused({ kind: 'latest' }, { identity: (await makeKeyPair()).identity })).toMatchObject({
      code: 'backup.wrong-key'
    })
    expect(await refused({ kind: 'latest' }, { runner: { migrations: [], release: 'older' } })).toMatchObject({
      code: 'backup.newer-release',
      message: expect.stringContaining('Restore with the release test')
    })
    const recoveries: Recoveries = async (...of) => {
      const ours = await recoveriesOf(school.config)(...of)
      return { ...ours, programs: { ...ours.programs, major: 19 } }
    }
    expect(await refused({ kind: 'latest' }, { runner: { recoveries } })).toMatchObject({
      code: 'backup.other-postgres'
    })
    const used = await stat(join(school.home, 'postgres', 'PG_VERSION'))
    expect(await refused({ kind: 'latest' }, { into: school.home })).toMatchObject({ code: 'backup.target-not-empty' })
    expect((await stat(join(school.home, 'postgres', 'PG_VERSION'))).mtimeMs).toBe(used.mtimeMs)
    expect(existsSync(into)).toBe(false)

    // The instant it names can be reached.
    await restore(school, { kind: 'time', time: new Date(named) }, { into })
    expect(await notesIn(into)).toContain(1)
    expect(set.database.restorePoint.at < named).toBe(true)
  })

  it('find an archive_command that lies, when a set is made and at every look', async () => {
    const school = await start()
    await school.backUp('full')
    await stop(school)
    // Somebody set it “for an hour”; nobody reads postgresql.auto.conf.
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const liar = await startEmbeddedPostgres({
      home: school.home,
      log: silent,
      settings: { archive_mode: 'on', archive_timeout: '60', archive_command: '/bin/true' }
    })
    try {
      const ownerUrl = inLyceum(liar.url)
      const place = { config: school.config, home: school.home, ownerUrl, secrets: [], tell: () => undefined }
      await expect(createBackup(place, { type: 'incr', archivedWithinMs: 2_000 })).rejects.toMatchObject({
        code: 'backup.not-archived',
        message: expect.stringContaining('says yes and stores nothing')
      })
      const found = await checkInstallation({ ...place, archivedWithinMs: 2_000 })
      const faults = found.filter(({ state }) => state === 'fault').map(({ what }) => what)
      expect(faults).toEqual(expect.arrayContaining(['archive settings', 'log arrives']))
      expect(found.find(({ what }) => what === 'log arrives')?.message).toContain('stores nothing')
      expect(await listSets((await repositoriesOf(school))[0])).toHaveLength(1)
    } finally {
      await liar.stop()
    }
  })

  it('name log that is missing in the middle, and how far one can go', async () => {
    const school = await start()
    await school.backUp('full')
    const third = await school.note(3)
    await archiveNow(school)
    await school.note(4)
    const gone = await archiveNow(school)
    await school.note(5)
    await archiveNow(school)
    const [lost] = filesBelow(String(school.config.BACKUP_REPOSITORY)).filter((path) => path.includes(gone))
    rmSync(lost ?? '')
    const look = (await checkedWords(school)).get('log without a gap')
    expect(look).toContain(`${gone} is missing`)
    await stop(school)
    const into = workshop.path()
    const error = await restore(school, { kind: 'latest' }, { into }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'backup.log-missing', message: expect.stringContaining(gone) })
    expect(existsSync(into)).toBe(false)
    const [, until = ''] = /--to-time (\S+Z)/.exec(String(error)) ?? []
    expect(new Date(until).getTime()).toBeGreaterThanOrEqual(third.getTime() - 1_000)
    await restore(school, { kind: 'time', time: new Date(until) }, { into })
    expect(await notesIn(into)).not.toContain(4)
  })

  it('find a flipped bit by its digest, and take the other repository', async () => {
    const offsite = workshop.path()
    const school = await start({ offsite })
    await school.note(1)
    const key = await school.upload('content worth keeping')
    await school.backUp('full')
    await school.note(2)
    await archiveNow(school)
    await stop(school)
    const repository = String(school.config.BACKUP_REPOSITORY)
    for (const kind of ['chunks', 'files', 'wal', 'sets'])
      for (const path of filesBelow(join(repository, kind)))
        if (!path.endsWith('.json') && !path.endsWith('contents')) flipBit(path)
    const alone = await restore(school, { kind: 'latest' }, { into: workshop.path(), from: [repository] }).catch(
      (reason: unknown) => reason
    )
    expect(alone).toMatchObject({ code: 'backup.damaged' })
    const into = workshop.path()
    const { restored } = await restore(school, { kind: 'latest' }, { into })
    expect(restored.files).toMatchObject({ files: 1, faults: [] })
    expect(await notesIn(into)).toEqual([1, 2])
    expect(existsSync(join(into, 'files', key.split('/')[0] ?? ''))).toBe(true)
  })

  it('keep the log while the repository cannot be reached, and archive it afterwards', async () => {
    const school = await start()
    await school.backUp('full')
    const repository = String(school.config.BACKUP_REPOSITORY)
    renameSync(repository, `${repository}.away`)
    await school.note(7)
    const file = await endSegment(school)
    await sleep(1_500)
    expect(await readdir(join(school.home, 'postgres', 'pg_wal', 'archive_status'))).toContain(`${file}.ready`)
    await expect(school.backUp('incr')).rejects.toMatchObject({ code: 'backup.repository-unreachable' })
    expect(existsSync(repository)).toBe(false)
    expect(await readFile(join(school.home, 'logs', 'postgres.log'), 'utf8')).toMatch(/is its disk mounted/i)
    renameSync(`${repository}.away`, repository)
    await school.note(8)
    await archiveNow(school)
    const log = segmentsIn(await listLog((await repositoriesOf(school))[0]))
    expect(log.map((segment) => segment.file)).toContain(file)
    const into = workshop.path()
    await restore(school, { kind: 'latest' }, { into })
    expect(await notesIn(into)).toEqual([7, 8])
  })

  it('refuse other content under a name that is archived, and take the same twice', async () => {
    const school = await start()
    await school.note(1)
    const file = await archiveNow(school)
    const status = join(school.home, 'postgres', 'pg_wal', 'archive_status')
    const path = join(school.home, 'postgres', 'pg_wal', file)
    await writeFile(join(status, `${file}.ready`), '')
    expect(await askDoor(school.home, file)).toBe('ok 0')
    const bytes = await readFile(path)
    bytes.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000)
    await writeFile(path, bytes)
    await writeFile(join(status, `${file}.ready`), '')
    expect(await askDoor(school.home, file)).toContain('Two servers must not archive into one repository')
    await truncate(path, 100)
    expect(await askDoor(school.home, file)).toContain('100 bytes')
    expect(await askDoor(school.home, segmentName(1, 999))).toContain('waits to be archived')
    expect(await askDoor(school.home, '../../secrets/postgres-password')).toContain('waits to be archived')
  })

  it('let one backup run at a time', async () => {
    const school = await start()
    const lock = await lockRepository((await repositoriesOf(school))[0], 'a test')
    await expect(school.backUp('full')).rejects.toMatchObject({ code: 'backup.locked', outcome: 'busy' })
    await lock.release()
    const both = await Promise.allSettled([school.backUp('full'), school.backUp('full')])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('leave nothing that counts when a restore is broken off, and begin anew', async () => {
    const school = await start()
    await school.note(1)
    await school.backUp('full')
    await stop(school)
    const into = workshop.path()
    for (const after of ['restoring.json', 'postgres-restoring/global', 'postgres-restoring/postmaster.pid']) {
      await breakOff(school, into, after)
      expect(() => mustBeWhole(into)).toThrow(/broken off/)
      await expect(startInstallation(workshop, { home: into, identity: school.identity })).rejects.toThrow(/broken off/)
    }
    await restore(school, { kind: 'latest' }, { into })
    mustBeWhole(into)
    expect(await notesIn(into)).toEqual([1])
  })
})

async function change(home: string, sql: string): Promise<void> {
  await lookInto(home, (url) => ask(url, sql))
}

async function checked(school: Installation): Promise<[string, string][]> {
  const found = await checkInstallation({ ...school, archivedWithinMs: 20_000 })
  return found.map(({ what, state, message }) => [`${what}: ${message}`, state])
}

async function checkedWords(school: Installation): Promise<Map<string, string>> {
  const found = await checkInstallation({ ...school, archivedWithinMs: 20_000 })
  return new Map(found.map(({ what, message }) => [what, message]))
}
