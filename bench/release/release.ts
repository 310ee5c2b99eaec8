import { setTimeout as sleep } from 'node:timers/promises'
import { demoSchools } from '@lyceum/server/demo'
import type { Colour, Release } from '../../apps/cli/src/release/target.ts'
import { findProxy, type ProxyName } from '../../apps/cli/src/target/host/testing/start-proxy.ts'
import { type Rig, startRig } from '../../scripts/rig/start-rig.ts'
import { type Assignment, assign } from './assignment.ts'
import { type Crowd, openCrowd } from './crowd.ts'
import { Ledger } from './ledger.ts'

type Strategy = 'rolling' | 'blue-green' | 'canary'

export interface ReleaseRun {
  readonly strategy: Strategy
  readonly proxy: ProxyName
  readonly requests: number
  readonly visibleFailures: number
  readonly accepted: number
  readonly storedOnce: number
  readonly pinsBroken: number
  readonly socketsCut: number
  readonly socketsMoved: number
  readonly p99Ms: number
  readonly seconds: number
  readonly failures: readonly string[]
}

const STEPS = [10, 25, 50, 75, 100]
const HOLD_MS = 4_000
const PEOPLE = { readers: 6, writers: 3, slow: 2, uploaders: 2, sockets: 4, streams: 4, pinned: 3 }

/** Releases under load, in the order of the release tool; every failure that a client sees counts, however harmless. */
export async function run(
  tell: (line: string) => void
): Promise<{ readonly runs: readonly ReleaseRun[]; readonly assignments: readonly Assignment[] }> {
  const runs: ReleaseRun[] = []
  const assignments: Assignment[] = []
  for (const proxy of ['nginx', 'haproxy'] as const) {
    if (!findProxy(proxy)) {
      tell(`${proxy} is not installed and left out`)
      continue
    }
    const rig = await startRig({ proxy, tell })
    try {
      for (const strategy of ['rolling', 'blue-green', 'canary'] as const) {
        const result = await releaseUnderLoad(rig, strategy, proxy, tell)
        tell(JSON.stringify(result))
        runs.push(result)
      }
      assignments.push(await assign(rig, proxy, tell))
    } finally {
      await rig.stop()
    }
  }
  return { runs, assignments }
}

/** One release, from the first person that arrives to the last one that leaves. */
export async function releaseUnderLoad(
  rig: Rig,
  strategy: Strategy,
  proxy: ProxyName,
  tell: (line: string) => void,
  { people = PEOPLE, holdMs = HOLD_MS } = {}
): Promise<ReleaseRun> {
  const release = rig.release(`${strategy}-${Date.now().toString(36)}`)
  const ledger = new Ledger()
  const begun = performance.now()
  tell(`${proxy}, ${strategy}: people arrive…`)
  // Replacing processes one after another keeps nobody on the release before: there is no place where it goes on.
  const pinned = strategy === 'rolling' ? 0 : people.pinned
  const crowd = await openCrowd({
    door: rig,
    ledger,
    teacher: signIn('teacher'),
    operator: signIn('administrator'),
    people: { ...people, pinned }
  })
  try {
    await sleep(holdMs)
    await order[strategy]({ rig, release, crowd, holdMs, tell })
    await sleep(holdMs)
  } finally {
    await crowd.leave()
  }
  const accepted = [...ledger.acceptedCourses, ...ledger.acceptedUploads]
  const sorted = ledger.milliseconds.toSorted((a, b) => a - b)
  return {
    strategy,
    proxy,
    requests: ledger.requests,
    visibleFailures: ledger.failures.length,
    accepted: accepted.length,
    storedOnce: await countStoredOnce(rig, ledger),
    pinsBroken: ledger.pinsBroken,
    socketsCut: ledger.socketsCut,
    socketsMoved: ledger.reconnects,
    p99Ms: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
    seconds: Math.round((performance.now() - begun) / 1000),
    failures: ledger.failures.slice(0, 20)
  }
}

interface Releasing {
  readonly rig: Rig
  readonly release: Release
  readonly crowd: Crowd
  readonly holdMs: number
  readonly tell: (line: string) => void
}

const order: Readonly<Record<Strategy, (releasing: Releasing) => Promise<void>>> = {
  rolling: async ({ rig, release, tell }) => {
    await rig.target.roll(release, async (id) => tell(`  ${id} replaced`))
  },
  'blue-green': (releasing) => besides(releasing, [100]),
  canary: (releasing) => besides(releasing, STEPS)
}

async function besides(
  { rig: { target }, release, crowd, holdMs, tell }: Releasing,
  steps: readonly number[]
): Promise<void> {
  const { stable } = await target.observe()
  const candidate: Colour = stable === 'blue' ? 'green' : 'blue'
  await target.boot(candidate, release)
  for (const percent of steps) {
    await target.shift(percent)
    tell(`  ${percent} % to ${candidate}`)
    await sleep(holdMs)
  }
  await target.promote()
  tell(`  ${candidate} is stable`)
  await sleep(holdMs)
  await crowd.unpin()
  await target.retire(stable)
  tell(`  ${stable} is retired`)
}

/** A sign-in of the demo school. */
export function signIn(role: string) {
  const person = demoSchools[0]?.people.find((candidate) => candidate.role === role)
  if (!person) throw new Error(`The demo school has no ${role}`)
  return person
}

async function countStoredOnce({ database }: Rig, ledger: Ledger): Promise<number> {
  const once = async (query: string, names: readonly string[]) => {
    const { rows } = await database.query<{ name: string; count: number }>(query, [names])
    return rows.filter(({ count }) => count === 1).length
  }
  const courses = await once(
    `select title as name, count(*)::int as count from course.course where title = any($1) group by title`,
    ledger.acceptedCourses
  )
  const uploads = await once(
    `select id::text as name, count(*)::int as count from file.file where id = any($1::uuid[]) and state <> 'receiving' group by id`,
    ledger.acceptedUploads
  )
  return courses + uploads
}
