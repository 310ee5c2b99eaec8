import type { Clock } from '@lyceum/platform/clock'
import { drive } from '../engine/drive.ts'
import type { EngineSurroundings, Learners, Works } from '../engine/surroundings.ts'
import type { Journal } from '../journal/journal.ts'
import { type CommandName, type Entry, readEntry } from '../run/entry.ts'
import { type Plan, SYNTHETIC_PAUSE_MS } from '../run/plan.ts'
import { next, type Run, replay } from '../run/run.ts'
import type { Target } from '../target.ts'
import { inMemory, newWorld, release, simulatedTarget, type World } from './simulated-target.ts'

export const planOf = (given: Partial<Plan> = {}): Plan => ({
  run: 'run-1',
  purpose: 'release',
  strategy: 'canary',
  release: release('r2'),
  previous: release('r1'),
  stable: 'blue',
  weights: [10, 25, 50, 75, 100],
  holdMs: 60_000,
  maxHoldMs: 600_000,
  onMaxHold: 'abort',
  bakeMs: 60_000,
  minSamples: 1_000,
  maxErrorRate: 0.001,
  maxP95Ms: 500,
  bootTimeoutMs: 30_000,
  drainTimeoutMs: 30_000,
  probes: [],
  by: 'ada',
  ...given
})

/** What happens after so many lines of the journal: the tool is killed, or somebody gives a command. */
export interface Happening {
  readonly after: number
  /** `kill` between two actions, `cut` when the next one is done and nobody has written that down. */
  readonly what: CommandName | 'kill' | 'cut'
}

class Killed extends Error {}

const nobody: Learners = {
  visit: async () => ({ lost: { candidate: 0, stable: 0 }, why: 'nobody came' }),
  leave: async () => undefined
}

/** People who do not exist, who ask at both colours of a world and find there what others find. */
export const learnersOf = (world: World, visits: { forMs: number; most: number }[] = []): Learners => ({
  visit: async (_, limits) => {
    visits.push(limits)
    const requests = Math.min(limits.most, limits.forMs / SYNTHETIC_PAUSE_MS)
    for (const colour of ['blue', 'green'] as const) {
      const { release: name } = world.colours[colour]
      const { errorRate = 0, p95Ms = 80 } = (name === null ? undefined : world.faults[name]) ?? {}
      const { synthetic = { requests: 0, errors: 0 }, ...counters } = world.counters[colour]
      const asked = synthetic.requests + requests
      world.counters[colour] = {
        ...counters,
        synthetic: { requests: asked, errors: Math.round(asked * errorRate), p95Ms }
      }
    }
    return { lost: { candidate: 0, stable: 0 }, why: null }
  },
  leave: async () => undefined
})

/** Works that find everything well, and releases unwell that the world says are. */
export const worksOf = (world: () => World, given: Partial<Works> = {}): Works => ({
  gates: async () => 'open',
  expand: async () => 'nothing to add',
  health: async () => undefined,
  validate: async () => 'well',
  learners: nobody,
  log: async () => null,
  notAtFrontDoor: async (name) => {
    const { stable, colours, percent } = world()
    if (colours[stable].release === name || percent > 0) throw new Error(`${name} still answers`)
  },
  pinned: async () => ({ count: 0, until: null }),
  calendar: async () => null,
  database: async () => 'one',
  ...given
})

export interface Rehearsed {
  readonly run: Run
  readonly world: World
  readonly entries: readonly Entry[]
}

/**
 * A whole release against a simulated installation in no time: killed and commanded as told, and resumed after every kill
 * until it has ended. Waits for a person are ended by one who goes on, or back where that is too little.
 */
export async function rehearse(
  plan: Plan,
  {
    world = newWorld(),
    happenings = [],
    works = {},
    target = {},
    stand
  }: {
    readonly world?: World
    readonly happenings?: readonly Happening[]
    readonly works?: Partial<Works>
    /** What is asked of something else than the world. */
    readonly target?: Partial<Target>
    /** Ends the rehearsal as soon as the run waits for a person. */
    readonly stand?: boolean
  } = {}
): Promise<Rehearsed> {
  const lines: string[] = []
  let now = Date.parse('2026-03-01T02:00:00Z')
  let dead = false
  let cut = false
  const clock: Clock = { now: () => new Date(now) }
  const due = [...happenings].sort((one, other) => one.after - other.after)
  const say = (command: CommandName) =>
    lines.push(JSON.stringify({ type: 'command', at: clock.now().toISOString(), command, by: 'ada', why: '' }))
  const happen = () => {
    for (let first = due[0]; first && first.after <= lines.length; first = due[0]) {
      due.shift()
      if (first.what === 'kill') {
        dead = true
        throw new Killed()
      }
      if (first.what === 'cut') cut = true
      else say(first.what)
    }
  }
  const journal = {
    run: plan.run,
    append: (entry: Entry) => {
      if (dead) throw new Killed()
      lines.push(JSON.stringify(entry))
      happen()
    },
    entries: () => lines.flatMap((line) => readEntry(line) ?? [])
  } satisfies Journal
  const through = async <Answer>(act: () => Promise<Answer>): Promise<Answer> => {
    if (dead) throw new Killed()
    const answer = await act()
    if (!cut) return answer
    cut = false
    dead = true
    throw new Killed()
  }
  const alive = mortal({ ...simulatedTarget(inMemory(world)), ...target }, through)
  const surroundings: EngineSurroundings = {
    target: alive,
    works: worksOf(() => world, works),
    journal,
    clock,
    by: 'ada',
    sleep: async (ms) => {
      now += ms
    },
    lookEveryMs: 10_000,
    tell: () => undefined
  }
  lines.push(JSON.stringify({ type: 'planned', at: clock.now().toISOString(), fence: 1, plan }))
  for (let fence = 2; fence < 500; fence++) {
    dead = false
    try {
      const run = await drive({ ...surroundings, sleep: waiting(surroundings, () => stand === true) }, lease(fence))
      if (run.outcome !== null || stand) return { run, world, entries: journal.entries() }
      if (due.length > 0)
        for (const { what } of due.splice(0))
          if (what !== 'kill' && what !== 'cut') say(what)
          else say(run.promoted ? 'retry' : 'abort')
    } catch (error) {
      if (error instanceof StandsStill) return { run: error.run, world, entries: journal.entries() }
      if (!(error instanceof Killed)) throw error
      now += 61_000
    }
  }
  throw new Error(`does not end: ${lines.slice(-5).join('\n')}`)

  /** A run that waits for a person would wait for ever here. */
  function waiting({ sleep }: EngineSurroundings, gone: () => boolean): EngineSurroundings['sleep'] {
    let idle = 0
    return async (ms) => {
      await sleep(ms)
      const run = replay(journal.entries())
      if (!run) return
      idle = next(run).kind === 'wait' || (run.paused && run.watch !== null) ? idle + 1 : 0
      if (idle < 20) return
      if (gone()) throw new StandsStill(run)
      idle = 0
      const coming = due.shift()
      if (coming?.what === 'kill' || coming?.what === 'cut') {
        dead = true
        throw new Killed()
      }
      say(coming?.what ?? 'resume')
    }
  }
}

class StandsStill extends Error {
  readonly run: Run
  constructor(run: Run) {
    super('waits for a person')
    this.run = run
  }
}

const lease = (fence: number) => ({ fence, renew: () => undefined, release: () => undefined })

/** A target whose every answer goes through `through`. */
const mortal = (target: Target, through: <Answer>(act: () => Promise<Answer>) => Promise<Answer>): Target => ({
  kind: target.kind,
  observe: () => through(() => target.observe()),
  releases: () => through(() => target.releases()),
  boot: (colour, one) => through(() => target.boot(colour, one)),
  address: (colour) => through(() => target.address(colour)),
  shift: (percent) => through(() => target.shift(percent)),
  promote: () => through(() => target.promote()),
  measure: (colour) => through(() => target.measure(colour)),
  roll: (one, onInstance) => through(() => target.roll(one, onInstance)),
  retire: (colour, options) => through(() => target.retire(colour, options))
})
