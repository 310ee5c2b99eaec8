import { describe, expect, it } from 'vitest'
import { advise, findMissingIndexes, findUnusedIndexes, growthOf, size } from './advise.ts'
import type { IndexUse, ServerFacts, TableUse } from './report.ts'

const GIB = 1024 ** 3
const server: ServerFacts = {
  version: '18.0',
  bytes: 10 * GIB,
  maxConnections: 100,
  connections: 20,
  sharedBuffersBytes: GIB,
  hitRatio: 0.995,
  temporaryBytes: 0,
  deadlocks: 0,
  statisticsDays: 40
}
const table: TableUse = {
  name: 'course.progress',
  rows: 1_000_000,
  bytes: GIB,
  indexBytes: 0,
  wholeReads: 0,
  wholeRows: 0,
  deadRows: 0,
  bloatBytes: 0
}
const index: IndexUse = {
  name: 'course.progress_of_item',
  table: 'course.progress',
  bytes: 50 * 1024 ** 2,
  scans: 0,
  unique: false,
  columns: ['tenant_id', 'item_id'],
  valid: true,
  special: false
}
const machine = { cores: 2, load: 0.5, memoryBytes: 8 * GIB, freeDiskBytes: 100 * GIB }

describe('advice', () => {
  it('is silent where nothing is to be done', () => {
    expect(advise(server, [table], [], machine)).toEqual([])
  })

  it.each([
    ['connections', { connections: 85 }, {}, {}, /85 of 100 connections.*DATABASE_POOL/],
    ['memory', { hitRatio: 0.9 }, {}, {}, /90\.0 %.*shared_buffers from 1\.0 GiB towards 2\.0 GiB/],
    [
      'memory nobody needs',
      { bytes: GIB / 2, sharedBuffersBytes: 4 * GIB },
      {},
      {},
      /hold the whole database.*1\.0 GiB would do/
    ],
    ['sorting on the disk', { temporaryBytes: 80 * GIB }, {}, {}, /2\.0 GiB a day.*work_mem/],
    ['deadlocks', { deadlocks: 3 }, {}, {}, /3 transactions locked/],
    ['bloat', {}, { bloatBytes: 0.6 * GIB }, {}, /course\.progress holds about 614 MiB of nothing/],
    ['dead rows', {}, { deadRows: 300_000 }, {}, /300000 dead rows.*autovacuum/],
    ['cores', {}, {}, { load: 6.2 }, /6\.2 programs want 2 cores/]
  ] as const)('names %s', (_what, facts, use, here, words) => {
    const advice = advise({ ...server, ...facts }, [{ ...table, ...use }], [], { ...machine, ...here })
    expect(advice).toEqual([expect.stringMatching(words)])
  })

  it('counts the days until the disk is full, and only where the disk is here', () => {
    const growth = [{ name: 'course.visit', bytesPerDay: 2 * GIB, days: 7 }]
    expect(advise(server, [], growth, machine)).toEqual([expect.stringContaining('full in 50 days')])
    expect(advise(server, [], growth, null)).toEqual([])
  })
})

describe('indexes', () => {
  it('are missing where a large table is read whole again and again, and where a link has none', () => {
    const read = { ...table, wholeReads: 500, wholeRows: 500_000_000 }
    expect(findMissingIndexes([read], [], [])).toMatchObject([
      { table: 'course.progress', why: expect.stringContaining('500 times') }
    ])
    expect(findMissingIndexes([{ ...read, rows: 500, wholeRows: 250_000 }], [], [])).toEqual([])
    const links = [{ table: 'course.progress', columns: ['tenant_id', 'item_id'] }]
    expect(findMissingIndexes([table], links, [])).toMatchObject([{ columns: ['tenant_id', 'item_id'] }])
    expect(findMissingIndexes([table], links, [index])).toEqual([])
  })

  it('are not needed where nobody reads by them for long, or another begins alike', () => {
    expect(findUnusedIndexes([index], 40)).toMatchObject([{ why: 'nobody has read by it for 40 days' }])
    expect(findUnusedIndexes([index], 3)).toMatchObject([{ why: expect.stringContaining('look again after 28') }])
    expect(findUnusedIndexes([{ ...index, unique: true }], 40)).toEqual([])
    expect(findUnusedIndexes([{ ...index, scans: 1 }], 40)).toEqual([])
    const longer = { ...index, name: 'course.longer', scans: 9, columns: ['tenant_id', 'item_id', 'user_id'] }
    expect(findUnusedIndexes([{ ...index, scans: 5 }, longer], 40)).toMatchObject([
      { name: 'course.progress_of_item', why: 'course.longer begins with the same columns' }
    ])
    expect(findUnusedIndexes([{ ...index, scans: 5, special: true }, longer], 40)).toEqual([])
    expect(findUnusedIndexes([{ ...index, valid: false }], 40)).toMatchObject([
      { why: expect.stringContaining('broken off') }
    ])
  })
})

it('tells growth from the first to the last day of each table', () => {
  expect(
    growthOf([
      { name: 'a', day: '2026-11-01', bytes: 100 },
      { name: 'b', day: '2026-11-01', bytes: 100 },
      { name: 'a', day: '2026-11-11', bytes: 300 },
      { name: 'b', day: '2026-11-11', bytes: 1100 },
      { name: 'new', day: '2026-11-11', bytes: 5 }
    ])
  ).toEqual([
    { name: 'b', bytesPerDay: 100, days: 10 },
    { name: 'a', bytesPerDay: 20, days: 10 }
  ])
  expect([size(500), size(2048), size(150 * 1024 ** 3)]).toEqual(['500 B', '2.0 KiB', '150 GiB'])
})
