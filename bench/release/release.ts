import { setTimeout as sleep } from 'node:timers/promises'
import { demoSchools } from '@lyceum/server/demo'
import { findProxy, type ProxyName } from '../../apps/cli/src/target/host/testing/start-proxy.ts'
import { HASTE, releaseTool } from '../../scripts/rig/release-tool.ts'
import { type Rig, startRig } from '../../scripts/rig/start-rig.ts'
import { type Assignment, assign } from './assignment.ts'
import { type Crowd, openCrowd } from './crowd.ts'
import { Ledger } from './ledger.ts'

export type Strategy = 'rolling' | 'blue-green' | 'canary'
export type Way = 'there' | 'back'

export interface ReleaseRun {
  readonly strategy: Strategy
  /** To the next release, or from it to the one before. */
  readonly way: Way
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

const QUIET_MS = 3_000
const PEOPLE = { readers: 6, writers: 3, slow: 2, uploaders: 2, sockets: 4, streams: 4, pinned: 3 }

/** Releases under load by the release tool, there and back; every failure that a client sees counts, however harmless. */
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
        const { name: next } = rig.release(`n-plus-${runs.length / 2 + 1}`)
        for (const [way, name] of [
          ['there', next],
          ['back', 'n']
        ] as const) {
          const result = await releaseUnderLoad(rig, { strategy, proxy, way, name, tell })
          tell(JSON.stringify(result))
          runs.push(result)
        }
      }
      assignments.push(await assign(rig, proxy, tell))
    } finally {
      await rig.stop()
    }
  }
  return { runs, assignments }
}

interface Going {
  readonly strategy: Strategy
  readonly proxy: ProxyName
  readonly way: Way
  /** Of the release that is to serve. */
  readonly name: string
  readonly tell: (line: string) => void
  readonly people?: typeof PEOPLE
  /** Said to the release tool besides. */
  readonly args?: readonly string[]
}

/** One release by the release tool, from the first person that arrives to the last one that leaves. */
export async function releaseUnderLoad(
  rig: Rig,
  { strategy, proxy, way, name, tell, people = PEOPLE, args = [] }: Going
): Promise<ReleaseRun> {
  const ledger = new Ledger()
  const begun = performance.now()
  tell(`${proxy}, ${strategy}, ${way}: people arrive…`)
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
    await sleep(QUIET_MS)
    await byTool(rig, [...argsOf(strategy, way, name), ...args], crowd, tell)
    await sleep(QUIET_MS)
  } finally {
    await crowd.leave()
  }
  const accepted = [...ledger.acceptedCourses, ...ledger.acceptedUploads]
  const sorted = ledger.milliseconds.toSorted((a, b) => a - b)
  return {
    strategy,
    way,
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

/** Back by blue and green is what an operator does in a hurry; the other two are a release of what was there before. */
const argsOf = (strategy: Strategy, way: Way, name: string): readonly string[] =>
  strategy === 'blue-green' && way === 'back'
    ? ['rollback', name, '--bake', '3s']
    : ['deploy', name, '--strategy', strategy, ...HASTE]

/** The tool in a process of its own; people who are kept on the release before hand in when it waits for them. */
async function byTool(rig: Rig, args: readonly string[], crowd: Crowd, tell: (line: string) => void): Promise<void> {
  let unpinned: Promise<void> = Promise.resolve()
  const { exitCode, lines, said } = await releaseTool(rig, args, ({ type, step, line }) => {
    if (type === 'done' || type === 'failed') tell(`  ${line}`)
    if (type === 'begun' && step === 'drain') unpinned = crowd.unpin()
  })
  await unpinned
  if (exitCode !== 0) {
    const last = lines.slice(-6).map(({ line }) => line)
    throw new Error(`lyceum ${args.join(' ')} ended with ${exitCode}:\n${[...last, said].join('\n')}`)
  }
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
