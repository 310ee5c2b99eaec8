import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync
} from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '@lyceum/platform/config'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { allMigrations } from '../../apps/server/src/migrations.ts'
import { mountSmallDisk } from '../../apps/server/src/testing/small-disk.ts'
import { makeKeyPair } from '../../platform/src/backup/backup-key.ts'
import { checkInstallation } from '../../platform/src/backup/check/check-installation.ts'
import { createBackup } from '../../platform/src/backup/create-backup.ts'
import { lockRepository } from '../../platform/src/backup/repository/lock.ts'
import { mustBeWhole } from '../../platform/src/backup/restore/restore-target.ts'
import { chooseExpired } from '../../platform/src/backup/set/expire-sets.ts'
import { listSets } from '../../platform/src/backup/set/read-sets.ts'
import { archiveNow, endSegment, repositoriesOf } from '../../platform/src/backup/testing/archive-now.ts'
import { askDoor } from '../../platform/src/backup/testing/ask-door.ts'
import { breakOff, breakOffBackup } from '../../platform/src/backup/testing/break-off.ts'
import { filesBelow, flipBit } from '../../platform/src/backup/testing/damage.ts'
import {
  type Installation,
  type InstallationOptions,
  inLyceum,
  notesIn,
  restore
} from '../../platform/src/backup/testing/installation.ts'
import { verifyInstallation } from '../../platform/src/backup/verify/verify-installation.ts'
import { startCuttingS3 } from '../../platform/src/storage/testing/cutting-s3.ts'

export interface Day {
  /** An installation that is stopped when the day is over. */
  start(options?: InstallationOptions): Promise<Installation>
  stop(school: Installation): Promise<void>
  /** A path of its own. */
  path(): string
}

export interface Outcome {
  /** What told that something was wrong; null where nothing did. */
  readonly detected: string | null
  /** Notes and files that were safe before and are not there after the restore. */
  readonly lost: number
}

export interface BadDay {
  readonly name: string
  /** @returns null where it cannot be tried on this machine */
  readonly happen: (day: Day) => Promise<Outcome | null>
}

/** Every way in which backups fail in the field that we know of, on real servers and real files, small. */
export const badDays: readonly BadDay[] = [
  { name: 'an archive command that lies', happen: aLiar },
  { name: 'log missing in the middle', happen: missingLog },
  { name: 'a flipped bit in the log', happen: (day) => flippedBit(day, 'wal') },
  { name: 'a flipped bit in a chunk', happen: (day) => flippedBit(day, 'chunks') },
  { name: 'a flipped bit in an uploaded file', happen: (day) => flippedBit(day, 'files') },
  { name: 'a flipped bit in a manifest', happen: (day) => flippedBit(day, 'sets') },
  { name: 'repository unreachable', happen: repositoryAway },
  { name: 'repository full', happen: repositoryFull },
  { name: 'disk of the log full', happen: logDiskFull },
  { name: 'wrong key', happen: wrongKey },
  { name: 'clock 8 days ahead', happen: (day) => clockAhead(day, 8) },
  { name: 'clock 31 days ahead', happen: (day) => clockAhead(day, 31) },
  { name: 'two backups at once', happen: twoAtOnce },
  { name: 'two servers in one repository', happen: twoServers },
  { name: 'backup killed at every step', happen: backupKilled },
  { name: 'restore killed at every step', happen: restoreKilled },
  { name: 'restore onto a home that is not empty', happen: targetNotEmpty },
  { name: 'set of a newer release', happen: newerRelease },
  { name: 'a time after the last archived commit', happen: tooLate },
  { name: 'a test restore with the archive of the original in its settings', happen: testRestore },
  { name: 'a listing cut at 1,000', happen: cutListing }
]

async function aLiar({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.note(1)
  await school.backUp('full')
  await school.note(2)
  await archiveNow(school)
  await stop(school)
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const liar = await startEmbeddedPostgres({
    home: school.home,
    log: silent,
    settings: { archive_mode: 'on', archive_timeout: '60', archive_command: '/bin/true' }
  })
  const place = {
    config: school.config,
    home: school.home,
    ownerUrl: inLyceum(liar.url),
    secrets: [],
    tell: () => undefined
  }
  const looks = await checkInstallation({ ...place, archivedWithinMs: 2_000 })
  const refused = await told(createBackup(place, { type: 'incr', archivedWithinMs: 2_000 }))
  await liar.stop()
  const found = looks.some(({ what, state }) => what === 'log arrives' && state === 'fault')
  return { detected: found ? refused : null, lost: await lostOf(school, path(), [1, 2]) }
}

async function missingLog({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.note(1)
  await school.backUp('full')
  await school.note(2)
  await archiveNow(school)
  await school.note(3)
  const gone = await archiveNow(school)
  await school.note(4)
  await archiveNow(school)
  for (const file of filesBelow(repositoryOf(school))) if (file.includes(gone)) rmSync(file)
  const looks = await checkInstallation({ ...school, archivedWithinMs: 20_000 })
  const look = looks.find(({ what }) => what === 'log without a gap')
  // The remedy: a new full set, with everything that still is in the database.
  await school.backUp('full')
  await stop(school)
  return {
    detected: look?.state === 'fault' ? look.message : null,
    lost: await lostOf(school, path(), [1, 2, 3, 4])
  }
}

async function flippedBit({ start, stop, path }: Day, kind: 'wal' | 'chunks' | 'files' | 'sets'): Promise<Outcome> {
  const offsite = path()
  const school = await start({ offsite })
  await school.note(1)
  await school.upload('content worth keeping')
  await school.backUp('full')
  await school.note(2)
  await archiveNow(school)
  await stop(school)
  for (const file of filesBelow(join(repositoryOf(school), kind)))
    if (!file.endsWith('.json') && !file.endsWith('contents')) flipBit(file)
  const alone = path()
  const detected = await told(
    restore(school, { kind: 'latest' }, { into: alone, from: [repositoryOf(school)] }).then(({ restored }) => {
      if (restored.files.faults.length > 0) throw new Error(restored.files.faults.join('; '))
    })
  )
  return { detected, lost: await lostOf(school, path(), [1, 2], 1) }
}

async function repositoryAway({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.backUp('full')
  const repository = repositoryOf(school)
  renameSync(repository, `${repository}.away`)
  await school.note(1)
  await endSegment(school)
  const detected = await told(school.backUp('incr'))
  renameSync(`${repository}.away`, repository)
  await school.note(2)
  await archiveNow(school)
  await stop(school)
  return { detected, lost: await lostOf(school, path(), [1, 2]) }
}

async function repositoryFull({ start, stop, path }: Day): Promise<Outcome | null> {
  const disk = mountSmallDisk(48)
  if (disk === undefined) return null
  try {
    const school = await start({ repository: join(disk.folder, 'repository') })
    await school.note(1)
    await school.backUp('full')
    disk.fill()
    await school.upload(Buffer.from(Array.from({ length: 100_000 }, () => Math.floor(Math.random() * 256))))
    await school.note(2)
    const detected = await told(school.backUp('incr'))
    disk.free()
    await school.backUp('incr')
    await stop(school)
    return { detected, lost: await lostOf(school, path(), [1, 2], 1) }
  } finally {
    disk.unmount()
  }
}

/** PostgreSQL stops when it cannot write its log; what it said yes to is there when there is room again. */
async function logDiskFull({ start, stop, path }: Day): Promise<Outcome | null> {
  const disk = mountSmallDisk(256)
  if (disk === undefined) return null
  try {
    const first = await start()
    await stop(first)
    const { home, identity } = first
    const again = { home, identity, repository: repositoryOf(first) }
    const log = join(home, 'postgres', 'pg_wal')
    cpSync(log, join(disk.folder, 'pg_wal'), { recursive: true })
    rmSync(log, { recursive: true })
    symlinkSync(join(disk.folder, 'pg_wal'), log)
    const { uid, gid } = statSync(join(home, 'postgres'))
    for (const name of ['', ...namesBelow(join(disk.folder, 'pg_wal'))])
      chownSync(join(disk.folder, 'pg_wal', name), uid, gid)
    chmodSync(disk.folder, 0o755)
    let school = await start(again)
    await school.backUp('full')
    disk.fill()
    const noted: number[] = []
    let detected: string | null = null
    for (let id = 1; detected === null && id <= 2_000; id++) {
      detected = await told(school.note(id, 'x'.repeat(100_000)))
      if (detected === null) noted.push(id)
    }
    disk.free()
    await stop(school)
    school = await start(again)
    await archiveNow(school)
    await stop(school)
    return { detected, lost: await lostOf(school, path(), noted) }
  } finally {
    disk.unmount()
  }
}

async function wrongKey({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.note(1)
  await school.backUp('full')
  await stop(school)
  const { identity } = await makeKeyPair()
  const detected = await told(restore(school, { kind: 'latest' }, { into: path(), identity }))
  return { detected, lost: await lostOf(school, path(), [1]) }
}

/** Nothing that can be told apart from time going by: what counts is that the newest sets stay. */
async function clockAhead({ start, stop, path }: Day, days: number): Promise<Outcome> {
  const school = await start()
  await school.note(1)
  await school.backUp('full')
  await school.note(2)
  await school.backUp('full')
  await stop(school)
  const [repository] = await repositoriesOf(school)
  const sets = await listSets(repository)
  const now = new Date(Date.now() + days * 24 * 60 * 60_000)
  const { kept, old } = chooseExpired(sets, { keepDays: 7, now })
  return {
    detected: old.length === 0 && kept.length === sets.length ? `kept ${kept.length} sets` : null,
    lost: await lostOf(school, path(), [1, 2])
  }
}

async function twoAtOnce({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.note(1)
  const [repository] = await repositoriesOf(school)
  const lock = await lockRepository(repository, 'another backup')
  const detected = await told(school.backUp('full'))
  await lock.release()
  await Promise.allSettled([school.backUp('full'), school.backUp('full')])
  await stop(school)
  return { detected, lost: await lostOf(school, path(), [1]) }
}

/** A copy of the home that is started over the same repository, and writes on. */
async function twoServers({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.note(1)
  await school.backUp('full')
  await stop(school)
  const other = path()
  cpSync(school.home, other, { recursive: true })
  const shared = { repository: repositoryOf(school), identity: school.identity }
  const original = await start({ home: school.home, ...shared })
  await original.note(2)
  await archiveNow(original)
  const copy = await start({ home: other, ...shared })
  await copy.note(99)
  const said = await askDoor(other, await endSegment(copy))
  await stop(copy)
  await stop(original)
  return { detected: said.includes('Two servers') ? said : null, lost: await lostOf(school, path(), [1, 2]) }
}

async function backupKilled({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.note(1)
  await school.upload('a handout')
  await school.backUp('full')
  const repository = repositoryOf(school)
  const below = (name: string) => namesBelow(join(repository, name)).length
  const [chunks, sets] = [below('chunks'), below('sets')]
  const [first] = await repositoriesOf(school)
  const moments = [
    () => below('locks') > 0,
    () => below('chunks') > chunks + 20,
    () => below('chunks') > chunks + 250,
    () => below('sets') > sets
  ]
  let counted = 0
  for (const moment of moments) {
    const killed = await breakOffBackup(school, 'full', moment)
    if (killed && (await listSets(first)).length !== 1) counted++
  }
  await school.note(2)
  await archiveNow(school)
  await stop(school)
  return {
    detected: counted === 0 ? 'a set that was broken off is none' : null,
    lost: await lostOf(school, path(), [1, 2], 1)
  }
}

async function restoreKilled({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.note(1)
  await school.backUp('full')
  await stop(school)
  const into = path()
  const detections: (string | null)[] = []
  for (const after of ['restoring.json', 'postgres-restoring/global', 'postgres-restoring/postmaster.pid']) {
    await breakOff(school, into, after)
    detections.push(await told((async () => mustBeWhole(into))()))
  }
  return {
    detected: detections.includes(null) ? null : (detections[0] ?? null),
    lost: await lostOf(school, into, [1])
  }
}

async function targetNotEmpty({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.note(1)
  await school.backUp('full')
  await school.note(2)
  await archiveNow(school)
  await stop(school)
  const detected = await told(restore(school, { kind: 'latest' }, { into: school.home }))
  const there = await notesIn(school.home)
  return { detected, lost: missing([1, 2], there) + (await lostOf(school, path(), [1, 2])) }
}

async function newerRelease({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.note(1)
  await school.backUp('full')
  await stop(school)
  const into = path()
  const runner = { migrations: [], release: 'older' }
  const detected = await told(restore(school, { kind: 'latest' }, { into, runner }))
  return { detected: existsSync(into) ? null : detected, lost: await lostOf(school, into, [1]) }
}

async function tooLate({ start, stop, path }: Day): Promise<Outcome> {
  const school = await start()
  await school.backUp('full')
  await school.note(1)
  await archiveNow(school)
  await stop(school)
  const into = path()
  const tomorrow = new Date(Date.now() + 24 * 60 * 60_000)
  const detected = await told(restore(school, { kind: 'time', time: tomorrow }, { into }))
  const [, named = ''] = /--to-time (\S+Z)/.exec(detected ?? '') ?? []
  await restore(school, { kind: 'time', time: new Date(named) }, { into })
  return { detected, lost: missing([1], await notesIn(into)) }
}

/** The settings of the original come along with its data: a copy that obeyed them would write into the live archive. */
async function testRestore({ start, stop, path }: Day): Promise<Outcome> {
  const trap = path()
  mkdirSync(trap)
  chmodSync(trap, 0o777)
  const school = await start()
  await school.ask(`alter system set archive_mode = 'always'`)
  await school.ask(`alter system set archive_command = 'cp %p ${trap}/%f'`)
  await school.note(1)
  await school.backUp('full')
  await archiveNow(school)
  const [repository] = await repositoriesOf(school)
  const before = (await repository.store.list('wal/')).length
  const { verdict } = await verifyInstallation({
    config: readConfig({ ...school.environment, BACKUP_IDENTITY: school.identity }),
    home: school.home,
    ownerUrl: school.ownerUrl,
    migrations: allMigrations(),
    tryOut: async () => undefined,
    tell: () => undefined
  })
  const touched = readdirSync(trap).length + (await repository.store.list('wal/')).length - before
  await stop(school)
  return {
    detected: verdict === 'proven' && touched === 0 ? 'nothing reached the archive' : null,
    lost: await lostOf(school, path(), [1])
  }
}

async function cutListing(): Promise<Outcome> {
  const names = Array.from({ length: 2_100 }, (_, at) => `files/${String(at).padStart(5, '0')}`)
  const { store, asked, close } = await startCuttingS3(names)
  const found = await store.list('files/')
  await close()
  return { detected: asked.length === 3 ? 'asked for the rest' : null, lost: names.length - found.length }
}

const repositoryOf = ({ config }: Installation): string => String(config.BACKUP_REPOSITORY)

/** Restores to the end of the log, and counts what is not there. */
async function lostOf(school: Installation, into: string, ids: readonly number[], files = 0): Promise<number> {
  const { restored } = await restore(school, { kind: 'latest' }, { into })
  const there = storedIn(join(into, 'files'))
  return missing(ids, await notesIn(into)) + restored.files.faults.length + Math.max(0, files - there)
}

/** Objects are named by their digests. */
const storedIn = (folder: string): number => namesBelow(folder).filter((name) => /\/[0-9a-f]{64}$/.test(name)).length

/** Of what may come and go meanwhile. */
function namesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}

const missing = (ids: readonly number[], there: readonly number[]): number =>
  ids.filter((id) => !there.includes(id)).length

const told = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error))
  )
