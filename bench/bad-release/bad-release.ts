import { startRig } from '../../scripts/rig/start-rig.ts'
import { releaseBadly, type SeededRun, seeds } from './seeded.ts'
import { simulate } from './simulated.ts'

/** Bad releases on a real server, each caught or not and after how long; and good ones that chance stops, simulated. */
export async function run(tell: (line: string) => void): Promise<object> {
  const { falseAbortRate, ...simulated } = simulate(tell)
  const rig = await startRig({ proxy: 'nginx', tell })
  const runs: SeededRun[] = []
  try {
    for (const seed of seeds) {
      const result = await releaseBadly(rig, seed, tell)
      tell(JSON.stringify(result))
      runs.push(result)
    }
  } finally {
    await rig.stop()
  }
  return {
    seeded: runs.length,
    caught: runs.filter(({ caught }) => caught).length,
    falseAbortRate,
    secondsToSafety: Math.max(...runs.map(({ secondsToSafety }) => secondsToSafety)),
    runs,
    simulated
  }
}
