import { setTimeout as sleep } from 'node:timers/promises'
import { instancesOf } from '../../apps/cli/src/target/host/host-settings.ts'
import { supervisorOf } from '../../apps/cli/src/target/host/open-host-target.ts'
import { releaseTool } from '../../scripts/rig/release-tool.ts'
import type { Fault } from '../../scripts/rig/rig-release.ts'
import type { Rig } from '../../scripts/rig/start-rig.ts'
import { openCrowd } from '../release/crowd.ts'
import { Ledger } from '../release/ledger.ts'
import { signIn } from '../release/release.ts'

export interface Seed {
  readonly what: string
  readonly fault?: Fault
  /** What happens to its processes from this step on, until the tool has ended. */
  readonly from?: { readonly step: string; readonly signal: 'SIGKILL' | 'SIGSTOP' }
}

export interface SeededRun {
  readonly what: string
  /** The release before serves everybody, nothing of the bad one runs, and the schema is as it was. */
  readonly caught: boolean
  readonly exitCode: number | null
  readonly why: string
  /** From the step at which it could first be noticed until nobody reached it any more. */
  readonly secondsToSafety: number
  readonly requests: number
  /** Answers that people did not want, of these. */
  readonly failuresSeen: number
}

export const seeds: readonly Seed[] = [
  { what: 'does not boot', fault: { dies: true } },
  { what: '1 % errors', fault: { errors: 0.01 } },
  { what: '0.2 % errors', fault: { errors: 0.002 } },
  { what: 'three times slower', fault: { slowdown: 3 } },
  { what: 'stands still at 25 %', from: { step: 'watch 25', signal: 'SIGSTOP' } },
  ...['boot', 'health', 'validate', 'shift 25', 'watch 25', 'bake'].map(
    (step): Seed => ({ what: `dies at ${step}`, from: { step, signal: 'SIGKILL' } })
  ),
  {
    what: 'its migration fails half way',
    fault: { migration: 'create table platform.half_way (id int);\nselect 1 / 0;' }
  }
]

const READERS = 10
/** Long enough for shares of a thousandth to show, short enough to wait for. */
const PACE = [
  // The errors of the bad release before use up what the month allows.
  ...['--override-freeze', '--approved-by', 'ben', '--by', 'ada', '--ticket', 'BENCH-1'],
  ...['--steps', '25,100', '--step-hold', '20s', '--bake', '10s', '--min-samples', '2500', '--max-hold', '240s'],
  ...['--deploy-timeout', '20s', '--waive-backup', '--reason', 'a server for trying things out, without backups']
]

/** One release that must not get through, while people read. */
export async function releaseBadly(
  rig: Rig,
  { what, fault, from }: Seed,
  tell: (line: string) => void
): Promise<SeededRun> {
  const name = what.replaceAll(/[^a-z0-9]+/g, '-')
  rig.release(name, fault)
  const ledger = new Ledger()
  const before = { schema: await rig.schema(), serves: await servingRelease(rig) }
  const person = signIn('teacher')
  const people = { readers: READERS, writers: 0, slow: 0, uploaders: 0, sockets: 0, streams: 0, pinned: 0 }
  const crowd = await openCrowd({ door: rig, ledger, teacher: person, operator: person, people })
  tell(`${what}…`)
  let onset: number | undefined
  let harming: Promise<void> | undefined
  let ended = false
  let safe: number | undefined
  try {
    const harm = async (signal: NodeJS.Signals) => {
      while (!ended) {
        await signalCandidate(rig, signal)
        await sleep(100)
      }
    }
    const { exitCode, lines } = await releaseTool(
      rig,
      ['deploy', name, '--strategy', 'canary', ...PACE],
      ({ type, step, ts, line }) => {
        if (type === 'done' || type === 'failed') tell(`  ${line.slice(0, 300)}`)
        // Looks at numbers are begun once, by a line of their own.
        if (type === 'begun' && step === (from?.step ?? firstSightOf(fault))) onset ??= Date.parse(ts)
        if (type === 'begun' && from && step === from.step) harming ??= harm(from.signal)
        if ((type === 'done' && step === 'verify') || type === 'ended') safe ??= Date.parse(ts)
      }
    )
    ended = true
    await harming
    const last: unknown = JSON.parse(lines.at(-1)?.line ?? '{}')
    const why = typeof last === 'object' && last !== null ? String(Reflect.get(last, 'why') ?? '') : ''
    const { stable, percent, colours } = await rig.target.observe()
    const other = stable === 'blue' ? 'green' : 'blue'
    const caught =
      (exitCode === 4 || exitCode === 1) &&
      colours[stable].release === before.serves &&
      percent === 0 &&
      colours[other].release === null &&
      (await rig.schema()) === before.schema
    return {
      what,
      caught,
      exitCode,
      why,
      secondsToSafety: Math.round(((safe ?? Number.NaN) - (onset ?? Number.NaN)) / 100) / 10,
      requests: ledger.requests,
      failuresSeen: ledger.failures.length
    }
  } finally {
    ended = true
    await crowd.leave()
  }
}

async function servingRelease({ target }: Rig): Promise<string | null> {
  const { stable, colours } = await target.observe()
  return colours[stable].release
}

const firstSightOf = (fault: Fault | undefined): string =>
  fault?.migration !== undefined ? 'expand' : fault?.dies ? 'boot' : 'shift 25'

/** Every process of the colour that does not serve. */
async function signalCandidate({ settings, target }: Rig, signal: NodeJS.Signals): Promise<void> {
  const supervisor = supervisorOf(settings)
  const { stable } = await target.observe()
  for (const { units } of instancesOf(settings, stable === 'blue' ? 'green' : 'blue'))
    for (const { name } of units) {
      const { pid } = await supervisor.status(name)
      try {
        if (pid !== null) process.kill(pid, signal)
      } catch {
        // It ended by itself a moment ago.
      }
    }
}
