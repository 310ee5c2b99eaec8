import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@lyceum/platform/id'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readContractFacts } from '../facts/contract-facts.ts'
import { journalFolder } from '../facts/folders.ts'
import { fileJournals } from '../journal/journal.ts'
import { planOf } from '../testing/rehearsal.ts'
import { inMemory, newWorld, simulatedTarget } from '../testing/simulated-target.ts'
import { contractFaults } from './contract.ts'

const root = mkdtempSync(join(tmpdir(), 'lyceum-contract-'))
const ENDED = Date.parse('2026-03-01T02:00:00Z')
const PENDING = 'course/0002-drop'
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  for (const name of ['r1', 'r2']) {
    const place = join(root, 'releases', name, 'modules/course/migrations')
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, '0001-courses.sql'), '')
    if (name === 'r2') writeFileSync(join(place, '0002-drop.sql'), '')
  }
  const journal = fileJournals(journalFolder(root)).open('run-1')
  const at = new Date(ENDED).toISOString()
  journal.append({ type: 'planned', at, fence: 1, plan: planOf() })
  journal.append({ type: 'failed', at, fence: 1, step: 'gates', why: 'closed', refused: true })
})
afterAll(async () => {
  await server.close()
  rmSync(root, { recursive: true, force: true })
})

const only = (serving: string, beside: string | null = null) =>
  newWorld({
    stable: 'green',
    colours: { green: { release: serving, instances: [] }, blue: { release: beside, instances: [] } }
  })
const faults = async (hours: number, world = only('r2')) => {
  const clock = { now: () => new Date(ENDED + hours * 3_600_000) }
  const target = simulatedTarget(inMemory(world))
  return contractFaults(await readContractFacts({ root, target, clock, client: server.owner }, [PENDING]))
}

it('takes nothing away for a day after a release', async () => {
  expect(await faults(23)).toEqual([expect.stringContaining('may still be taken back until 2026-03-02T02:00:00.000Z')])
  expect(await faults(25)).toEqual([])
})

it('takes nothing away that something which runs still needs', async () => {
  expect(await faults(25, only('r1'))).toEqual([expect.stringContaining(`r1 runs and still needs what ${PENDING}`)])
  expect(await faults(25, only('r2', 'r1'))).toHaveLength(1)
})

it('takes nothing away while people are kept on another release, or a release is under way', async () => {
  const school = await server.newSchool()
  const until = new Date(ENDED + 26 * 3_600_000)
  await server.owner.query(`insert into platform.pin values ($1, $2, 'exam', 'r1', $3)`, [school.id, newId(), until])
  expect(await faults(25)).toEqual([expect.stringContaining('1 people stay on r1')])
  expect(await faults(27)).toEqual([])
  fileJournals(journalFolder(root))
    .open('run-2')
    .append({ type: 'planned', at: new Date(ENDED).toISOString(), fence: 2, plan: planOf({ run: 'run-2' }) })
  expect(await faults(27)).toEqual([expect.stringContaining('r2 is under way')])
})
