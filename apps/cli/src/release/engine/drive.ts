import type { Lease } from '../journal/lease.ts'
import type { EngineEntry, Entry } from '../run/entry.ts'
import { isFinishing, isWatched, longestMs, type Plan, type Step, USUAL_SLOWDOWN } from '../run/plan.ts'
import { candidateOf, isFilled, next, type Run, replay } from '../run/run.ts'
import { type Answers, otherThan } from '../target.ts'
import { beganAnew, between, type Delta } from '../verdict/delta.ts'
import { type DatabaseSeen, excuse, hasMoved } from '../verdict/excuse.ts'
import { isSlowerIn, judge } from '../verdict/verdict.ts'
import { type Breathe, backward, forward, isRefusal, RolledEnough } from './perform.ts'
import type { EngineSurroundings, Visit } from './surroundings.ts'

/** The calendar is read so often while a release is under way. */
const CALENDAR_EVERY_MS = 60_000

type Unstamped = EngineEntry extends infer One ? (One extends EngineEntry ? Omit<One, 'at' | 'fence'> : never) : never

/** Writes the plan as the first line; nothing has been changed after it. */
export async function begin(surroundings: EngineSurroundings, lease: Lease, plan: Plan): Promise<Run> {
  await write(surroundings, lease, { type: 'planned', plan })
  return read(surroundings)
}

/**
 * Goes on from wherever the journal stands until the release has ended or must wait for a person: the same after a deploy,
 * a resume and a `kill -9`. Every line is on disk before what it announces is done, and commands that other processes
 * append are heard between any two actions.
 */
export async function drive(surroundings: EngineSurroundings, lease: Lease): Promise<Run> {
  try {
    return await goOn(surroundings, lease)
  } finally {
    await alone(surroundings)
  }
}

async function goOn(surroundings: EngineSurroundings, lease: Lease): Promise<Run> {
  const { target, sleep, lookEveryMs } = surroundings
  let run = await read(surroundings)
  if (run.outcome !== null) return run
  const seen = await target.observe()
  const candidate = candidateOf(run)
  run = await write(surroundings, lease, {
    type: 'observed',
    stable: seen.stable,
    percent: seen.percent,
    stableRelease: seen.colours[run.plan.stable].release,
    candidateRelease: seen.colours[candidate].release
  })
  const watchCalendar = calendarWatch(surroundings, lease, run)
  for (;;) {
    await lease.renew()
    await watchCalendar()
    run = await read(surroundings)
    const ahead = next(run)
    if (!isFilled(run)) await alone(surroundings)
    if (ahead.kind === 'ended' || run.held !== null) return run
    if (ahead.kind === 'wait') {
      await sleep(lookEveryMs)
      continue
    }
    if (ahead.kind === 'forward' && isWatched(ahead.step)) {
      await look(surroundings, lease, run, ahead.step, ahead.name)
      continue
    }
    await write(surroundings, lease, { type: 'begun', step: ahead.name })
    const current = next(await read(surroundings))
    // A command came in between: what was announced is not done.
    if ((current.kind !== 'forward' && current.kind !== 'backward') || current.name !== ahead.name) continue
    const step = ahead.name
    try {
      const note =
        ahead.kind === 'forward'
          ? await forward(surroundings, run, ahead.step, breathing(surroundings, lease, watchCalendar), async (id) => {
              await write(surroundings, lease, { type: 'instance', id })
            })
          : await backward(surroundings, run, ahead.step, breathing(surroundings, lease, null))
      await lease.renew()
      await write(surroundings, lease, { type: 'done', step, note })
    } catch (error) {
      if (error instanceof RolledEnough) continue
      await lease.renew()
      await write(surroundings, lease, { type: 'failed', step, why: reason(error), refused: isRefusal(error) })
      if (ahead.kind === 'backward') await sleep(lookEveryMs)
    }
  }
}

/** What they leave behind goes with the next who come. */
const alone = ({ works }: EngineSurroundings): Promise<void> => works.learners.leave().catch(() => undefined)

/** One look at a release that gets requests: a line with the numbers since the step began, and what they mean. */
async function look(
  surroundings: EngineSurroundings,
  lease: Lease,
  run: Run,
  { kind, percent }: Step,
  step: string
): Promise<void> {
  const { target, works, clock, sleep, lookEveryMs } = surroundings
  const { plan, watch } = run
  const candidate = candidateOf(run)
  const measure = () =>
    Promise.all([
      measured(candidate),
      measured(otherThan(candidate)),
      works.database().catch(() => null),
      plan.previous && works.pinned(plan.previous.name)
    ])
  if (watch === null || watch.baseline === null) {
    await write(surroundings, lease, { type: 'begun', step })
    const [atCandidate, atStable, database] = await measure()
    await write(surroundings, lease, { type: 'baseline', step, candidate: atCandidate, stable: atStable, database })
    return
  }
  const { baseline } = watch
  const sinceMs = clock.now().getTime()
  const isRolling = plan.strategy === 'rolling'
  const [visit] = await Promise.all([isFilled(run) ? visited() : null, sleep(lookEveryMs)])
  await lease.renew()
  const [atCandidate, atStable, database, pinned] = await measure()
  const passedMs = Math.max(0, clock.now().getTime() - sinceMs)
  const ofCandidate = between(baseline.candidate, atCandidate)
  // Where instances are replaced in place there is nothing beside them to compare with.
  const ofStable = isRolling ? nothing : between(baseline.stable, atStable)
  const isSilent = atCandidate.missing && (isRolling || !atStable.missing)
  const heldMs = watch.heldMs + (ofCandidate && ofStable ? passedMs : 0)
  const silentMs = isSilent ? watch.silentMs + passedMs : 0
  const blindMs = database === null ? watch.blindMs + passedMs : 0
  const maxSlowdown = plan.maxSlowdown ?? USUAL_SLOWDOWN
  const lost = {
    candidate: watch.lost.candidate + (visit?.lost.candidate ?? 0),
    stable: watch.lost.stable + (visit?.lost.stable ?? 0)
  }
  const synthetic =
    visit && ofCandidate?.synthetic
      ? {
          candidate: withLost(ofCandidate.synthetic, lost.candidate),
          stable: withLost(ofStable?.synthetic, lost.stable)
        }
      : null
  const found = { candidate: ofCandidate, stable: ofStable, percent, ...(synthetic ? { synthetic } : {}) }
  const slowMs = isSlowerIn(found, maxSlowdown) ? watch.slowMs + passedMs : 0
  const seen: DatabaseSeen = { before: baseline.database ?? null, now: database, blindMs }
  const hasOwnSamples = kind === 'watch' || plan.strategy !== 'canary'
  const judged = judge(
    {
      ...found,
      heldMs,
      silentMs,
      slowMs,
      pinned: pinned?.count ?? null,
      before: run.before,
      syntheticBefore: run.syntheticBefore
    },
    {
      minSamples: hasOwnSamples ? plan.minSamples : 0,
      holdMs: kind === 'bake' ? plan.bakeMs : plan.holdMs,
      maxErrorRate: plan.maxErrorRate,
      maxP95Ms: plan.maxP95Ms,
      maxSlowdown,
      maxSilenceMs: plan.bootTimeoutMs
    }
  )
  await write(surroundings, lease, {
    type: 'measured',
    step,
    ...excuse(judged, seen),
    errors: ofCandidate?.errors ?? 0,
    heldMs,
    silentMs,
    slowMs,
    blindMs,
    ...(visit
      ? {
          synthetic: {
            requests: synthetic?.candidate.requests ?? 0,
            errors: synthetic?.candidate.errors ?? 0,
            lost,
            why: visit.why ?? (ofCandidate && !synthetic ? 'nobody counts them apart from people here' : null)
          }
        }
      : {})
  })
  // Counters that began anew leave nothing to subtract from: the window begins anew too, with its whole time.
  if (
    hasMoved(seen) ||
    beganAnew(baseline.candidate, atCandidate) ||
    (!isRolling && beganAnew(baseline.stable, atStable))
  )
    await write(surroundings, lease, { type: 'baseline', step, candidate: atCandidate, stable: atStable, database })

  async function visited(): Promise<Visit> {
    const have = (watch?.last?.samples ?? 0) + (watch?.last?.synthetic?.requests ?? 0)
    try {
      const [atCandidate, atStable] = await Promise.all([
        target.address(candidate),
        isRolling ? null : target.address(otherThan(candidate))
      ])
      return await works.learners.visit(
        { candidate: atCandidate, stable: atStable },
        { forMs: lookEveryMs, most: Math.max(0, plan.minSamples - have), probes: plan.probes }
      )
    } catch (error) {
      return { lost: { candidate: 0, stable: 0 }, why: reason(error) }
    }
  }

  /** A target that cannot be asked is missing numbers, and no reason to end. */
  async function measured(colour: typeof candidate) {
    try {
      return await target.measure(colour)
    } catch {
      return { requests: 0, errors: 0, p95Ms: null, inFlightOver: 0, restarts: 0, missing: true }
    }
  }
}

/** Whoever was not answered was asked for nothing, as far as the processes know. */
const withLost = (
  { requests, errors, p95Ms }: Answers = { requests: 0, errors: 0, p95Ms: null },
  lost: number
): Answers => ({
  requests: requests + lost,
  errors: errors + lost,
  p95Ms
})

const nothing: Delta = { requests: 0, errors: 0, p95Ms: null, inFlightOver: 0, restarts: 0 }

/**
 * Whether a freeze was entered since the gates were asked. Only changes are written, and what is found a second time: that
 * is when a release goes back.
 */
function calendarWatch(surroundings: EngineSurroundings, lease: Lease, { position }: Run): () => Promise<void> {
  const { works, clock } = surroundings
  let nextAt = clock.now().getTime() + (position === 0 ? CALENDAR_EVERY_MS : 0)
  return async () => {
    const now = clock.now().getTime()
    const run = await read(surroundings)
    const { plan, direction, outcome, frozen, steps, position: at, startedAt } = run
    const step = steps[at]
    if (now < nextAt || direction === 'backward' || outcome !== null || !step || isFinishing(step)) return
    if (plan.purpose === 'rollback' || plan.despiteFreeze) return
    nextAt = now + CALENDAR_EVERY_MS
    const until = new Date(Math.max(now, Date.parse(startedAt) + longestMs(plan)))
    const found = await works.calendar(until).then(
      (why) => ({ frozen: why, certain: true }),
      (error: unknown) => ({ frozen: `the calendar cannot be read (${reason(error)})`, certain: false })
    )
    const isNews = found.frozen !== null ? found.certain || frozen === null : frozen !== null
    if (isNews) await write(surroundings, lease, { type: 'calendar', ...found })
  }
}

/**
 * Keeps the lease during long steps; going forward it stops for a pause or a freeze and breaks off when the order is to go back.
 * @param watchCalendar null going back
 */
function breathing(
  surroundings: EngineSurroundings,
  lease: Lease,
  watchCalendar: (() => Promise<void>) | null
): Breathe {
  return async () => {
    for (;;) {
      await lease.renew()
      if (watchCalendar === null) return
      await watchCalendar()
      const run = await read(surroundings)
      if (run.direction === 'backward') throw new RolledEnough()
      const step = run.steps[run.position]
      if (!run.paused && (run.frozen === null || !step || isFinishing(step))) return
      await surroundings.sleep(surroundings.lookEveryMs)
    }
  }
}

async function write({ journal, clock, tell }: EngineSurroundings, lease: Lease, entry: Unstamped): Promise<Run> {
  const stamped: Entry = { ...entry, at: clock.now().toISOString(), fence: lease.fence }
  await journal.append(stamped)
  const run = replay(await journal.entries())
  if (!run) throw new Error(`The journal ${journal.run} does not begin with a plan.`)
  tell(run, stamped)
  return run
}

async function read({ journal }: EngineSurroundings): Promise<Run> {
  const run = replay(await journal.entries())
  if (!run) throw new Error(`The journal ${journal.run} does not begin with a plan.`)
  return run
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
