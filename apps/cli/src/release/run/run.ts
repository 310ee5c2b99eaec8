import type { Colour } from '../target.ts'
import { otherThan } from '../target.ts'
import type { CommandName, Entry } from './entry.ts'
import { isFinishing, isWatched, longestFillMs, nameOf, type Plan, type Step, stepsOf } from './plan.ts'

export type BackwardStep =
  | 'roll-back'
  | 'return'
  | 'zero'
  | 'verify'
  | 'stable-health'
  | 'drain-candidate'
  | 'retire-candidate'

export type Outcome =
  | { readonly kind: 'released' }
  /** A rule said no before anything was changed. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It went wrong before anything that serves was changed. */
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'aborted'; readonly why: string }
  /** Going back did not work: a person must look. */
  | { readonly kind: 'stuck'; readonly why: string }

type BaselineEntry = Extract<Entry, { type: 'baseline' }>
type MeasuredEntry = Extract<Entry, { type: 'measured' }>

/** The step whose verdict is being formed. */
export interface Watch {
  readonly since: string
  readonly baseline: Pick<BaselineEntry, 'candidate' | 'stable' | 'database'> | null
  readonly heldMs: number
  readonly silentMs: number
  readonly blindMs: number
  readonly slowMs: number
  readonly last: MeasuredEntry | null
  /** From when on people who do not exist fill up the samples. */
  readonly filledSince: string | null
  /** What these asked and nobody answered as it should be. */
  readonly lost: { readonly candidate: number; readonly stable: number }
}

/** A watch that has seen nothing yet. */
const watchFrom = (since: string): Watch => ({
  since,
  baseline: null,
  heldMs: 0,
  silentMs: 0,
  blindMs: 0,
  slowMs: 0,
  last: null,
  filledSince: null,
  lost: { candidate: 0, stable: 0 }
})

/** One release under way, as the sum of its journal. */
export interface Run {
  readonly plan: Plan
  readonly steps: readonly Step[]
  /** Index into steps: what is being done, going forward. */
  readonly position: number
  readonly direction: 'forward' | 'backward'
  readonly undone: readonly BackwardStep[]
  /** Attempts at the present step backward that did not work. */
  readonly stumbles: number
  readonly promoted: boolean
  /** Whether anything beside the schema was changed. */
  readonly touched: boolean
  readonly retiring: boolean
  readonly paused: boolean
  /** Asked by a person: go on without waiting for time and samples. `full`: straight to the last weight. */
  readonly hurry: 'none' | 'step' | 'full'
  readonly held: string | null
  /** A freeze that was entered meanwhile. */
  readonly frozen: { readonly why: string; readonly certain: boolean } | null
  readonly watch: Watch | null
  /** Requests and errors of closed windows. */
  readonly before: { readonly requests: number; readonly errors: number }
  /** The same of people who do not exist. */
  readonly syntheticBefore: { readonly requests: number; readonly errors: number }
  readonly why: string
  readonly outcome: Outcome | null
  readonly fence: number
  readonly instances: readonly string[]
  readonly startedAt: string
  readonly changedAt: string
}

export const candidateOf = ({ plan }: Pick<Run, 'plan'>): Colour =>
  plan.strategy === 'rolling' && plan.previous !== null ? plan.stable : otherThan(plan.stable)

/** How often a step backward is tried before a person is called. */
const MOST_STUMBLES = 3

export type Next =
  | { readonly kind: 'forward'; readonly step: Step; readonly name: string }
  | { readonly kind: 'backward'; readonly step: BackwardStep; readonly name: string }
  | { readonly kind: 'wait' }
  | { readonly kind: 'ended' }

/** What is to be done now. A pause stops what would change something; watching goes on, or a bad release would stay. */
export function next(run: Run): Next {
  if (run.outcome !== null) return { kind: 'ended' }
  if (run.direction === 'backward') {
    const step = stepsBack(run).find((one) => !run.undone.includes(one))
    return step ? { kind: 'backward', step, name: step } : { kind: 'ended' }
  }
  const step = run.steps[run.position]
  if (!step) return { kind: 'ended' }
  if (run.held !== null) return { kind: 'wait' }
  if ((run.paused || isFrozenAt(run, step)) && !isWatched(step)) return { kind: 'wait' }
  return { kind: 'forward', step, name: nameOf(step) }
}

const isFrozenAt = ({ frozen }: Run, step: Step): boolean => frozen !== null && !isFinishing(step)

/** The way back from wherever the run is: the share to nothing first, and the release before is left as it serves. */
function stepsBack({ plan, promoted, touched, position, steps, undone }: Run): readonly BackwardStep[] {
  if (!touched) return []
  if (plan.previous === null) return ['zero', 'retire-candidate']
  if (plan.strategy === 'rolling') return ['roll-back', 'stable-health']
  const rest = ['zero', 'verify', 'stable-health', 'drain-candidate', 'retire-candidate'] as const
  const carried = steps.slice(0, position + 1).some(({ kind }) => kind === 'shift')
  const way = carried ? rest : rest.filter((step) => step !== 'drain-candidate')
  return promoted || undone.includes('return') ? ['return', ...way] : way
}

export const planned = (entry: Extract<Entry, { type: 'planned' }>): Run => ({
  plan: entry.plan,
  steps: stepsOf(entry.plan),
  position: 0,
  direction: 'forward',
  undone: [],
  stumbles: 0,
  promoted: false,
  touched: false,
  retiring: false,
  paused: false,
  hurry: 'none',
  held: null,
  frozen: null,
  watch: null,
  before: { requests: 0, errors: 0 },
  syntheticBefore: { requests: 0, errors: 0 },
  why: '',
  outcome: null,
  fence: entry.fence,
  instances: [],
  startedAt: entry.at,
  changedAt: entry.at
})

/** The run as its journal tells it; undefined for one that was not planned to the end. */
export function replay(entries: readonly Entry[]): Run | undefined {
  const [first, ...rest] = entries
  return first?.type === 'planned' ? rest.reduce(reduce, planned(first)) : undefined
}

/** The run after one more line. What does not fit where the run stands changes nothing. */
export function reduce(run: Run, entry: Entry): Run {
  if (entry.type === 'planned') return run
  if (entry.type === 'command') return command(run, entry.command, entry.why, entry.at)
  // Somebody whose lease was taken over wakes up and goes on writing: too late.
  if (entry.fence < run.fence) return run
  const now = { ...run, fence: entry.fence, changedAt: entry.at }
  switch (entry.type) {
    case 'observed':
      return observed(now, entry.stable)
    case 'begun':
      return begun(now, entry.step, entry.at)
    case 'done':
      return done(now, entry.step)
    case 'failed':
      return failed(now, entry.step, entry.why, entry.refused)
    case 'instance':
      return { ...now, instances: [...now.instances, entry.id] }
    case 'baseline':
      return isAt(now, entry.step)
        ? {
            ...now,
            watch: {
              ...watchFrom(now.watch?.since ?? entry.at),
              baseline: {
                candidate: entry.candidate,
                stable: entry.stable,
                ...(entry.database === undefined ? {} : { database: entry.database })
              },
              blindMs: now.watch?.blindMs ?? 0,
              filledSince: now.watch?.filledSince ?? null
            }
          }
        : now
    case 'measured':
      return measured(now, entry)
    case 'calendar':
      return frozen(now, entry.frozen, entry.certain)
  }
}

/**
 * Stays at the share that it has, and goes back when the calendar says the same once more: entered by mistake it is taken
 * out again at once. What everybody uses already is finished.
 */
function frozen(run: Run, why: string | null, certain: boolean): Run {
  const step = run.steps[run.position]
  if (why === null) return { ...run, frozen: null }
  const mayGoBack = run.direction === 'forward' && run.outcome === null && step !== undefined && !isFinishing(step)
  return certain && run.frozen?.certain && mayGoBack
    ? back(run, `a freeze was entered meanwhile: ${why}`)
    : { ...run, frozen: { why, certain } }
}

function isAt(run: Run, name: string): boolean {
  const step = run.steps[run.position]
  return run.direction === 'forward' && run.outcome === null && step !== undefined && nameOf(step) === name
}

/** What the journal could not know because its writer was killed in the middle. */
function observed(run: Run, stable: Colour): Run {
  if (run.plan.strategy === 'rolling' && run.plan.previous !== null) return run
  const promoted = stable === candidateOf(run)
  // The very first release serves already, and there is none to go back to.
  if (promoted && run.plan.previous === null && run.direction === 'backward')
    return { ...run, promoted, outcome: { kind: 'released' } }
  return { ...run, promoted }
}

const TOUCHING: readonly Step['kind'][] = ['boot', 'roll']

function begun(run: Run, name: string, at: string): Run {
  const step = run.steps[run.position]
  if (!step || !isAt(run, name)) return run
  const touched = run.touched || TOUCHING.includes(step.kind)
  const retiring = run.retiring || step.kind === 'retire'
  return isWatched(step) && run.watch === null
    ? { ...run, touched, watch: watchFrom(at) }
    : { ...run, touched, retiring }
}

function done(run: Run, name: string): Run {
  if (run.direction === 'backward') {
    const ahead = next(run)
    // What was begun before the order to go back is finished only now.
    if (ahead.kind !== 'backward' || ahead.name !== name) return name === 'promote' ? { ...run, promoted: true } : run
    const after = {
      ...run,
      undone: [...run.undone, ahead.step],
      stumbles: 0,
      promoted: ahead.step === 'return' ? false : run.promoted
    }
    return next(after).kind === 'ended' ? { ...after, outcome: { kind: 'aborted', why: run.why } } : after
  }
  const step = run.steps[run.position]
  if (!step || !isAt(run, name) || isWatched(step)) return run
  return advance({ ...run, promoted: run.promoted || step.kind === 'promote' })
}

function advance(run: Run): Run {
  const position = run.hurry === 'full' ? afterWeights(run) : run.position + 1
  const after: Run = { ...run, position, watch: null, held: null, hurry: 'none' }
  return after.steps[position] ? after : { ...after, outcome: { kind: 'released' } }
}

/** From inside the weights straight to the last one; elsewhere one step on. */
function afterWeights({ steps, position }: Run): number {
  const last = steps.findLastIndex(({ kind }) => kind === 'shift')
  const inside = steps[position]?.kind === 'watch' || (steps[position]?.kind === 'shift' && position < last)
  return inside && position < last ? last : position + 1
}

function failed(run: Run, name: string, why: string, refused: boolean): Run {
  if (run.direction === 'backward') {
    const ahead = next(run)
    if (ahead.kind !== 'backward' || ahead.name !== name) return run
    const stumbles = run.stumbles + 1
    return stumbles < MOST_STUMBLES
      ? { ...run, stumbles }
      : { ...run, stumbles, outcome: { kind: 'stuck', why: `${name}: ${why}` } }
  }
  if (!isAt(run, name)) return run
  // The old one is drained and waits to be stopped: the release serves, and going back would help nobody.
  if (run.promoted) return { ...run, held: `${name}: ${why}` }
  if (!run.touched) return { ...run, outcome: { kind: refused ? 'refused' : 'failed', why: `${name}: ${why}` } }
  return back(run, `${name}: ${why}`)
}

function back(run: Run, why: string): Run {
  const after: Run = {
    ...run,
    direction: 'backward',
    watch: null,
    held: null,
    paused: false,
    hurry: 'none',
    stumbles: 0,
    why
  }
  return next(after).kind === 'ended' ? { ...after, outcome: { kind: 'aborted', why } } : after
}

function measured(run: Run, entry: MeasuredEntry): Run {
  if (!isAt(run, entry.step) || run.watch === null) return run
  const watch = {
    ...run.watch,
    heldMs: entry.heldMs,
    silentMs: entry.silentMs,
    blindMs: entry.blindMs ?? 0,
    slowMs: entry.slowMs ?? 0,
    last: entry,
    lost: entry.synthetic?.lost ?? run.watch.lost
  }
  const now = { ...run, watch }
  if (entry.verdict === 'fail') return back(now, inWords(entry))
  const mayHurry = run.hurry !== 'none' && ['time', 'samples', 'throughput'].includes(entry.metric)
  const step = run.steps[run.position]
  const stays = run.paused || (step !== undefined && isFrozenAt(run, step))
  if ((entry.verdict === 'pass' || mayHurry) && !stays)
    return advance({
      ...now,
      before: { requests: run.before.requests + entry.samples, errors: run.before.errors + entry.errors },
      syntheticBefore: {
        requests: run.syntheticBefore.requests + (entry.synthetic?.requests ?? 0),
        errors: run.syntheticBefore.errors + (entry.synthetic?.errors ?? 0)
      }
    })
  if (entry.verdict === 'pass' || stays) return now
  const passedSince = (instant: string) => Date.parse(entry.at) - Date.parse(instant)
  if (passedSince(watch.since) <= run.plan.maxHoldMs) return now
  if (watch.filledSince !== null && passedSince(watch.filledSince) <= longestFillMs(run.plan)) return now
  if (watch.filledSince === null && entry.metric === 'samples' && run.plan.synthetic)
    return { ...now, watch: { ...watch, filledSince: entry.at } }
  const why = `no verdict within the longest hold: ${inWords(entry)}`
  return run.plan.onMaxHold === 'abort' ? back(now, why) : { ...now, held: why }
}

/** Whether people who do not exist are to fill up the samples of the step now. */
export const isFilled = ({ watch, paused, frozen }: Run): boolean =>
  watch !== null && watch.filledSince !== null && !paused && frozen === null

/** `, 340 synthetic requests and 2 errors`, with what keeps them away; empty where there are none. */
export function syntheticInWords(synthetic: MeasuredEntry['synthetic']): string {
  if (!synthetic) return ''
  const { requests, errors, why } = synthetic
  return `, ${requests} synthetic requests, ${errors} synthetic errors${why === null ? '' : ` (${why})`}`
}

/** Metric, value, limit, samples: what everybody asks after an abort. */
export function inWords({ step, metric, value, threshold, samples, why, synthetic }: MeasuredEntry): string {
  const number = (given: number) => (given !== 0 && Math.abs(given) < 1 ? given.toFixed(5) : String(Math.round(given)))
  const facts = value === null ? '' : ` ${number(value)}${threshold === null ? '' : `, limit ${number(threshold)}`}`
  return `${step}: ${metric}${facts}, ${samples} requests${syntheticInWords(synthetic)}: ${why}`
}

function command(run: Run, name: CommandName, why: string, at: string): Run {
  if (refusal(run, name) !== null) return run
  switch (name) {
    case 'pause':
      return { ...run, paused: true }
    case 'resume':
      // A hold that was waited out begins anew, with its whole time.
      return { ...run, paused: false, held: null, watch: run.held === null ? run.watch : renewed(run, at) }
    case 'promote':
      return {
        ...run,
        paused: false,
        held: null,
        hurry: 'step',
        watch: run.held === null ? run.watch : renewed(run, at)
      }
    case 'promote-full':
      return {
        ...run,
        paused: false,
        held: null,
        hurry: 'full',
        watch: run.held === null ? run.watch : renewed(run, at)
      }
    case 'abort':
      return back(run, why === '' ? 'asked by a person' : why)
    case 'retry':
      return run.outcome?.kind === 'stuck'
        ? { ...run, outcome: null, stumbles: 0 }
        : {
            ...run,
            held: null,
            watch: run.watch && { ...watchFrom(at), last: run.watch.last }
          }
  }
}

const renewed = ({ watch }: Run, at: string): Watch | null => watch && { ...watch, since: at, filledSince: null }

/** Why a command changes nothing at this point, and what would; null where it does. */
export function refusal(run: Run, name: CommandName): string | null {
  if (run.outcome?.kind === 'stuck')
    return name === 'retry' ? null : 'Going back did not work. Mend it, then: lyceum retry'
  if (run.outcome !== null) return `That release has ended (${run.outcome.kind}). Start another: lyceum deploy`
  if (run.direction === 'backward') return 'It is going back already. Wait for it: lyceum watch'
  const step = run.steps[run.position]
  switch (name) {
    case 'pause':
      return run.paused ? 'It is paused already. Go on: lyceum resume' : null
    case 'resume':
      return null
    case 'promote':
    case 'promote-full':
      return step && isWatched(step)
        ? null
        : 'There is no hold to end at this step. A person may shorten waiting, never a check.'
    case 'abort':
      if (run.promoted && run.plan.previous === null)
        return 'It is the first release and serves: there is none to go back to.'
      return run.retiring
        ? 'The release before is being stopped: it is too late to go back this way. Use: lyceum rollback'
        : null
    case 'retry':
      return run.held === null && !(step && isWatched(step)) ? 'Nothing has to be tried again.' : null
  }
}
