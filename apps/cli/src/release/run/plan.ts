import { oneOf } from '@lyceum/platform/schema'
import Type, { type Static } from 'typebox'

/** Twice as slow is not by chance. */
export const USUAL_SLOWDOWN = 2
export const strategies = ['rolling', 'blue-green', 'canary'] as const
export type Strategy = (typeof strategies)[number]

const Name = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$' })
const Milliseconds = Type.Integer({ minimum: 0 })

export const ReleaseSchema = Type.Object({
  name: Name,
  commit: Type.String(),
  schema: Type.Object({ min: Type.String(), max: Type.String() })
})

/** Everything decided before the first action; written first into the journal and never changed. */
export const Plan = Type.Object({
  run: Type.String(),
  /** Forward to a new release, or back to one that served before. */
  purpose: oneOf(['release', 'rollback']),
  strategy: oneOf(strategies),
  release: ReleaseSchema,
  /** What served when this was planned; null on the very first release. */
  previous: Type.Union([ReleaseSchema, Type.Null()]),
  /** The colour that served when this was planned. */
  stable: oneOf(['blue', 'green']),
  /** Shares of people, rising to 100. */
  weights: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
  holdMs: Milliseconds,
  /** For how long a step may stay inconclusive. */
  maxHoldMs: Milliseconds,
  onMaxHold: oneOf(['abort', 'hold']),
  bakeMs: Milliseconds,
  minSamples: Type.Integer({ minimum: 0 }),
  maxErrorRate: Type.Number({ minimum: 0, maximum: 1 }),
  maxP95Ms: Milliseconds,
  /** How many times as long as the release before; `USUAL_SLOWDOWN` in journals of older tools. */
  maxSlowdown: Type.Optional(Type.Number({ minimum: 1 })),
  bootTimeoutMs: Milliseconds,
  drainTimeoutMs: Milliseconds,
  /** Names of probes; empty for every one. */
  probes: Type.Array(Type.String()),
  /** People who do not exist fill up the samples of a step that has too few at its longest hold. */
  synthetic: Type.Optional(Type.Boolean()),
  /** Somebody lifted the freeze for this release. */
  despiteFreeze: Type.Optional(Type.Boolean()),
  by: Type.String()
})
export type Plan = Static<typeof Plan>

export interface Step {
  readonly kind:
    | 'gates'
    | 'expand'
    | 'boot'
    | 'roll'
    | 'health'
    | 'validate'
    | 'shift'
    | 'watch'
    | 'bake'
    | 'promote'
    | 'drain'
    | 'retire'
  /** Share of people during the step. */
  readonly percent: number
}

/** What going forward consists of, in order. What was measured becomes stable: nothing is started again at the end. */
export function stepsOf({ strategy, weights, previous }: Plan): Step[] {
  const at = (percent: number, ...kinds: Step['kind'][]) => kinds.map((kind) => ({ kind, percent }))
  const end = at(100, 'bake', 'promote', 'drain', 'retire')
  // Nobody is served yet: there is nothing to compare with and nothing to go back to.
  if (previous === null)
    return [...at(0, 'gates', 'expand', 'boot', 'health', 'validate'), ...at(100, 'shift', 'promote')]
  const begin = at(0, 'gates', 'expand', 'boot', 'health', 'validate')
  if (strategy === 'rolling') return [...at(0, 'gates', 'expand'), ...at(100, 'roll', 'health', 'validate', 'bake')]
  if (strategy === 'blue-green') return [...begin, ...at(100, 'shift'), ...end]
  return [...begin, ...weights.flatMap((percent) => at(percent, 'shift', 'watch')), ...end]
}

/** Steps whose length is decided by verdicts. */
export const isWatched = ({ kind }: Step): boolean => kind === 'watch' || kind === 'bake'

/** From here on going forward is shorter than going back: everybody is at the new release already. */
export const isFinishing = ({ kind }: Step): boolean => ['bake', 'promote', 'drain', 'retire'].includes(kind)

/** `shift 25`, `watch 25`, `boot`. */
export const nameOf = ({ kind, percent }: Step): string =>
  kind === 'shift' || kind === 'watch' ? `${kind} ${percent}` : kind

/** Between two requests of people who do not exist at one colour, of which there is never more than one at a time. */
export const SYNTHETIC_PAUSE_MS = 100
/** A colour that answers slowly is asked less often, and is given more time for it. */
const PATIENCE_WITH_SLOW = 2
const FILL_BEGINS_MS = 60_000

/** For how long people who do not exist may fill up the samples of a step, after its longest hold. */
export const longestFillMs = ({ synthetic = false, minSamples }: Pick<Plan, 'synthetic' | 'minSamples'>): number =>
  synthetic && minSamples > 0 ? FILL_BEGINS_MS + PATIENCE_WITH_SLOW * minSamples * SYNTHETIC_PAUSE_MS : 0

/**
 * The longest a release may take, when every step uses all the time it is allowed and is then taken back: what a freeze
 * must not begin within.
 */
export function longestMs(plan: Plan): number {
  const { maxHoldMs, bakeMs, bootTimeoutMs, drainTimeoutMs } = plan
  const lengths: Readonly<Partial<Record<Step['kind'], number>>> = {
    gates: 30_000,
    expand: 10 * 60_000,
    boot: bootTimeoutMs,
    roll: 4 * bootTimeoutMs,
    health: bootTimeoutMs,
    validate: 60_000,
    shift: 5_000,
    watch: maxHoldMs + longestFillMs(plan),
    bake: Math.max(bakeMs, maxHoldMs + (plan.strategy === 'canary' ? 0 : longestFillMs(plan))),
    promote: 5_000,
    drain: drainTimeoutMs,
    retire: drainTimeoutMs
  }
  const forward = stepsOf(plan).reduce((sum, { kind }) => sum + (lengths[kind] ?? 0), 0)
  return forward + 5_000 + drainTimeoutMs
}
