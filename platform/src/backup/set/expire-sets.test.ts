import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { putSealed, type Repository } from '../repository/repository.ts'
import { openDiskRepository } from '../testing/disk-repository.ts'
import { archiveFile, listLog } from '../wal/archived-log.ts'
import { positionText, SEGMENT_BYTES, segmentName } from '../wal/log-sequence.ts'
import { chooseExpired, expireSets } from './expire-sets.ts'
import { listSets, writeSet } from './read-sets.ts'
import { type BackupSet, chunkFile } from './set.ts'

const DAY = 24 * 60 * 60_000
const TODAY = Date.parse('2027-02-01T02:10:00Z')
const daysAgo = (days: number) => new Date(TODAY - days * DAY)
const piece = { name: '', size: 0, sha256: '' }

/** The set of a day, `age` days ago; the log begins at segment `segment`. */
const setOf = (age: number, segment = 100 - age): BackupSet => ({
  id: `set-${String(10_000 - age * 10).padStart(6, '0')}`,
  engine: 'physical',
  type: 'full',
  generation: `set-${String(10_000 - age * 10).padStart(6, '0')}`,
  point: null,
  startedAt: new Date(daysAgo(age).getTime() - 60_000).toISOString(),
  finishedAt: daysAgo(age).toISOString(),
  release: 'test',
  schema: [],
  database: {
    system: '42',
    version: '18.4',
    timeline: 1,
    startLsn: positionText(BigInt(segment) * BigInt(SEGMENT_BYTES) + 40n),
    stopLsn: positionText(BigInt(segment) * BigInt(SEGMENT_BYTES) + 400n),
    restorePoint: {
      name: 'x',
      lsn: positionText(BigInt(segment) * BigInt(SEGMENT_BYTES) + 500n),
      at: daysAgo(age).toISOString()
    }
  },
  sizes: { databaseBytes: 1, files: 0, fileBytes: 0, addedBytes: 1 },
  contents: piece,
  manifest: piece
})
const month = Array.from({ length: 31 }, (_, age) => setOf(30 - age))
const agesOf = (sets: readonly BackupSet[]) =>
  sets.map(({ finishedAt }) => (TODAY - Date.parse(finishedAt)) / DAY).sort((a, b) => a - b)

describe('which sets expire', () => {
  it('are those older than the period but for the newest of them', () => {
    const { kept, old } = chooseExpired(month, { keepDays: 7, now: new Date(TODAY) })
    expect(agesOf(kept)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(old).toHaveLength(22)
  })

  it.each([8, 31, 4_000])('are no others when the clock has jumped %i days ahead', (days) => {
    const jumped = new Date(TODAY + days * DAY)
    expect(agesOf(chooseExpired(month, { keepDays: 7, now: jumped }).kept)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    // Also when a set was made by that clock: it counts as one day.
    const ahead = { ...setOf(-days), id: 'ahead' }
    expect(agesOf(chooseExpired([...month, ahead], { keepDays: 7, now: jumped }).kept)).toEqual([
      -days,
      0,
      1,
      2,
      3,
      4,
      5,
      6
    ])
    // And when it was set right again.
    expect(agesOf(chooseExpired([...month, ahead], { keepDays: 7, now: new Date(TODAY) }).kept)).toEqual([
      -days,
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8
    ])
  })

  it('are none of the last seven days that had any, after a month without backups', () => {
    const late = [setOf(60), setOf(59), setOf(58), setOf(57), setOf(0)]
    expect(chooseExpired(late, { keepDays: 7, now: new Date(TODAY) }).old).toEqual([])
    expect(chooseExpired([], { keepDays: 7, now: new Date(TODAY) })).toEqual({ kept: [], old: [] })
  })
})

describe('expiring', () => {
  let repository: Repository
  let close: () => Promise<void>
  beforeEach(async () => {
    ;({ repository, close } = await openDiskRepository())
  })
  afterEach(() => close())

  it('removes sets, what only they needed and their log, and nothing that a kept set needs', async () => {
    for (const age of [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]) {
      const set = setOf(age)
      const own = await putSealed(
        repository,
        chunkFile(set.generation, `aa${'0'.repeat(62)}`),
        Buffer.from(String(age))
      )
      const shared = await putSealed(repository, 'files/ab/film/1-of-1', Buffer.from('film'))
      const { contents: _c, manifest: _m, ...rest } = set
      await writeSet(
        repository,
        rest,
        {
          database: { directories: [], files: [], backupLabel: '' },
          files: [],
          configuration: {},
          secrets: [],
          record: null
        },
        [own, shared],
        async () => undefined
      )
      await archiveFile(repository, '42', segmentName(1, 100 - age), Buffer.alloc(SEGMENT_BYTES))
    }
    await putSealed(repository, 'chunks/killed/aa/left-behind', Buffer.from('of a run that was killed'))
    const done = await expireSets(repository, { keepDays: 7, now: new Date(TODAY) })
    expect(done.sets).toHaveLength(4)
    expect(agesOf(await listSets(repository))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    const left = (await repository.store.list('')).map(({ name }) => name)
    expect(left.filter((name) => name.startsWith('chunks/'))).toHaveLength(9)
    expect(left.filter((name) => name.startsWith('sets/'))).toHaveLength(27)
    expect(left.filter((name) => name.startsWith('files/'))).toHaveLength(1)
    expect((await listLog(repository)).map(({ file }) => file).sort()).toEqual(
      Array.from({ length: 9 }, (_, at) => segmentName(1, 92 + at))
    )
    expect(await expireSets(repository, { keepDays: 7, now: new Date(TODAY) })).toMatchObject({
      sets: [],
      objects: 0,
      logFiles: 0
    })
  })
})
