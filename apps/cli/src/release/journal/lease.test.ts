import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { planOf } from '../testing/rehearsal.ts'
import { fileJournals } from './journal.ts'
import { LEASE_MS, openLock } from './lease.ts'

const root = mkdtempSync(join(tmpdir(), 'lyceum-lock-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let folder = ''
let now = Date.parse('2026-03-01T02:00:00Z')
const clock = { now: () => new Date(now) }
beforeEach(() => {
  folder = mkdtempSync(join(root, 'place-'))
})

describe('the lock', () => {
  it('has one holder, who is named with reason, process and host', () => {
    const lease = openLock(folder, clock, 'here').acquire({ holder: 'ada', reason: 'deploy r2' })
    expect(openLock(folder, clock, 'there').status()).toMatchObject({ holder: 'ada', pid: process.pid, host: 'here' })
    expect(() => openLock(folder, clock, 'there').acquire({ holder: 'ben', reason: 'deploy r3' })).toThrow(
      /ada has the lock.*deploy r2; process \d+ on here/
    )
    lease.release()
    expect(openLock(folder, clock).status()).toBeNull()
  })

  it('expires when its holder says nothing, and the holder notices', () => {
    const first = openLock(folder, clock, 'here').acquire({ holder: 'ada', reason: 'deploy' })
    now += LEASE_MS - 1
    first.renew()
    now += LEASE_MS - 1
    expect(() => openLock(folder, clock, 'there').acquire({ holder: 'ben', reason: 'resume' })).toThrow(/has the lock/)
    now += 1
    const second = openLock(folder, clock, 'there').acquire({ holder: 'ben', reason: 'resume' })
    expect(second.fence).toBeGreaterThan(first.fence)
    expect(() => first.renew()).toThrow(/taken this release over/)
    first.release()
    expect(openLock(folder, clock).status()).toMatchObject({ holder: 'ben' })
  })

  it('is free at once when its holder died on this machine', () => {
    openLock(folder, clock, 'here').acquire({ holder: 'ada', reason: 'deploy' })
    const [file = ''] = readdirSync(folder)
    const slip = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    writeFileSync(join(folder, file), JSON.stringify({ holding: { ...slip.holding, pid: 4_194_304 } }))
    expect(openLock(folder, clock, 'there').status()).not.toBeNull()
    expect(openLock(folder, clock, 'here').status()).toBeNull()
  })

  it('is never waited out when a person took it', () => {
    openLock(folder, clock).acquire({ holder: 'ada', reason: 'exam week', manual: true })
    now += 400 * 24 * 3_600_000
    expect(() => openLock(folder, clock).acquire({ holder: 'ben', reason: 'deploy' })).toThrow(/lyceum lock release/)
    expect(openLock(folder, clock).clear()).toMatchObject({ reason: 'exam week' })
    expect(openLock(folder, clock).status()).toBeNull()
  })
})

it('reads a journal whose last line was cut off, and goes on behind it', async () => {
  const journal = fileJournals(folder).open('run-1')
  const at = clock.now().toISOString()
  await journal.append({ type: 'planned', at, fence: 1, plan: planOf() })
  appendFileSync(join(folder, 'run-1.jsonl'), '{"type":"begun","at":"2026')
  expect(await journal.entries()).toHaveLength(1)
  await journal.append({ type: 'begun', at, fence: 2, step: 'gates' })
  expect((await journal.entries()).map(({ type }) => type)).toEqual(['planned', 'begun'])
  expect(await fileJournals(folder).list()).toEqual(['run-1'])
})
