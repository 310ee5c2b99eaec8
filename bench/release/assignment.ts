import type { ProxyName } from '../../apps/cli/src/target/host/testing/start-proxy.ts'
import type { Rig } from '../../scripts/rig/start-rig.ts'
import { Person } from './person.ts'

export interface Assignment {
  readonly proxy: ProxyName
  readonly learners: number
  /** Asked for, and found, in percent. */
  readonly shares: readonly { readonly percent: number; readonly found: number }[]
  /** How many were sent back to what is stable although the share rose. */
  readonly wentBack: number
  /** How many were with the candidate after it was taken back. */
  readonly leftAfterAbort: number
}

const LEARNERS = 10_000
const CONNECTIONS = 16
const STEPS = [10, 25, 50, 75, 100]

/** Learners with browsers that were never here before, through every step of a canary and back. */
export async function assign(rig: Rig, proxy: ProxyName, tell: (line: string) => void): Promise<Assignment> {
  const { target } = rig
  const { stable } = await target.observe()
  const candidate = stable === 'blue' ? 'green' : 'blue'
  const release = rig.release(`assigned-${Date.now().toString(36)}`)
  await target.boot(candidate, release)
  const buckets: string[] = []
  let before = new Set<number>()
  let wentBack = 0
  const shares: { percent: number; found: number }[] = []
  for (const percent of STEPS) {
    await target.shift(percent)
    const there = await whoIsAt(rig, release.name, buckets)
    for (const learner of before) if (!there.has(learner)) wentBack++
    before = there
    shares.push({ percent, found: (there.size * 100) / LEARNERS })
    tell(`  ${percent} %: ${there.size} of ${LEARNERS}`)
  }
  await target.shift(0)
  const leftAfterAbort = (await whoIsAt(rig, release.name, buckets)).size
  await target.retire(candidate)
  return { proxy, learners: LEARNERS, shares, wentBack, leftAfterAbort }
}

/** @param buckets what each learner was given when they came first; filled in here */
async function whoIsAt(rig: Rig, release: string, buckets: string[]): Promise<Set<number>> {
  const there = new Set<number>()
  let next = 0
  const browse = async () => {
    const connection = new Person(rig)
    while (next < LEARNERS) {
      const learner = next++
      connection.forget()
      const known = buckets[learner]
      if (known !== undefined) connection.remember('lyceum_bucket', known)
      const answer = await connection.send({ path: '/health' })
      buckets[learner] ??= String(connection.bucket)
      if (answer.release === release) there.add(learner)
    }
    connection.leave()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, browse))
  return there
}
