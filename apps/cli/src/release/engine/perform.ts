import { faultsInWords } from '../facts/log-faults.ts'
import type { Step } from '../run/plan.ts'
import { type BackwardStep, candidateOf, type Run } from '../run/run.ts'
import { type Colour, StillNeeded } from '../target.ts'
import { type EngineSurroundings, Refused } from './surroundings.ts'

/** The order to go back came while instances were being replaced. */
export class RolledEnough extends Error {}

/** Between instances and tries: keeps the lease, and throws when this is to be broken off. */
export type Breathe = () => Promise<void>

const TRY_AGAIN_MS = 500
/** So many looks in a row: one alone may be a moment's. */
const UNWELL_FOR_GOOD = 3

/**
 * Does one step forward. Each may be done again after a crash in its middle: reality is asked before it is changed, because
 * the journal knows what was begun and not how far it came.
 * @returns what is worth a line
 */
export async function forward(
  { target, works, clock, sleep }: EngineSurroundings,
  run: Run,
  { kind, percent }: Step,
  breathe: Breathe,
  replaced: (id: string) => Promise<void>
): Promise<string> {
  const { plan } = run
  const candidate = candidateOf(run)
  switch (kind) {
    case 'gates':
      return works.gates(plan)
    case 'expand':
      return works.expand(plan)
    case 'boot':
      await target.boot(candidate, plan.release)
      return `${plan.release.name} in ${candidate}`
    case 'roll':
      await target.roll(plan.release, async (id) => {
        await replaced(id)
        await breathe()
      })
      return `${plan.release.name} everywhere`
    case 'health':
      return healthy()
    case 'validate':
      return withLog(await works.validate(await target.address(candidate), plan))
    case 'shift':
      // After a promotion the other colour is the old one.
      if ((await target.observe()).stable === candidate) return 'serves everybody already'
      await target.shift(percent)
      return `${percent} %`
    case 'promote':
      if ((await target.observe()).stable !== candidate) {
        const note = await withLog(`${candidate} is stable`)
        await target.promote()
        return note
      }
      return `${candidate} is stable`
    case 'drain':
      return drain()
    case 'retire':
      return retire(plan.stable)
    case 'watch':
    case 'bake':
      throw new Error(`${kind} is decided by verdicts`)
  }

  /**
   * Errors in the log are told and no reason to go back: the numbers decide that, and old releases have them too.
   * @throws naming what ended a process
   */
  async function withLog(note: string): Promise<string> {
    const log = await works
      .log(candidate)
      .catch((error: unknown) => String(error instanceof Error ? error.message : error))
    if (log === null) return note
    if (typeof log === 'string') return `${note}; warning: its log cannot be read (${log})`
    if (log.fatal > 0) throw new Error(`its log: ${faultsInWords(log)}`)
    return log.errors === 0 ? note : `${note}; warning, in its log: ${faultsInWords(log)}`
  }

  async function healthy(): Promise<string> {
    const until = clock.now().getTime() + plan.bootTimeoutMs
    for (;;) {
      try {
        const { instances } = (await target.observe()).colours[candidate]
        const waiting = instances.filter(({ ready }) => !ready)
        if (instances.length === 0) throw new Error('no instance runs')
        if (waiting.length > 0) throw new Error(`${waiting.map(({ id }) => id).join(', ')} not ready`)
        await works.health(await target.address(candidate), plan.release.name)
        return `${instances.length} ready`
      } catch (error) {
        if (clock.now().getTime() >= until) throw error
        await sleep(TRY_AGAIN_MS)
        await breathe()
      }
    }
  }

  /** Nobody is moved in the middle of an exam: the old release goes when the last one who is pinned to it has gone. */
  async function drain(): Promise<string> {
    while (plan.previous !== null) {
      const pinned = await works.pinned(plan.previous.name)
      if (pinned?.count === 0) return 'nobody is pinned'
      await patience()
    }
    return 'nothing was here before'
  }

  async function retire(colour: Colour): Promise<string> {
    for (;;) {
      if ((await target.observe()).stable === colour) throw new Error(`${colour} serves and is never stopped`)
      try {
        await target.retire(colour)
        return `${colour} stopped`
      } catch (error) {
        // Somebody was pinned since the step before: then it is as if that had not ended.
        if (!(error instanceof StillNeeded)) throw error
        await patience()
      }
    }
  }

  async function patience(): Promise<void> {
    await sleep(TRY_AGAIN_MS * 10)
    await breathe()
  }
}

/** Does one step of the way back. */
export async function backward(
  { target, works, sleep }: EngineSurroundings,
  run: Run,
  step: BackwardStep,
  breathe: Breathe
): Promise<string> {
  const { plan } = run
  const candidate = candidateOf(run)
  const seen = await target.observe()
  switch (step) {
    case 'roll-back':
      if (plan.previous === null) return 'there was nothing before'
      await target.roll(plan.previous, breathe)
      return `${plan.previous.name} everywhere`
    case 'return':
      if (seen.stable !== candidate) return 'returned already'
      await target.shift(100)
      await target.promote()
      return `${plan.stable} is stable again`
    case 'zero':
      if (seen.stable !== candidate) await target.shift(0)
      return '0 %'
    case 'verify': {
      if (seen.stable !== plan.stable) throw new Error(`${seen.stable} is stable and should not be`)
      if (seen.percent !== 0) throw new Error(`${seen.percent} % still go to ${candidate}`)
      await works.notAtFrontDoor(plan.release.name)
      return `nobody reaches ${plan.release.name}`
    }
    case 'stable-health': {
      const { instances } = seen.colours[plan.stable]
      if (instances.length === 0 || instances.some(({ ready }) => !ready))
        throw new Error(`${plan.stable} is not ready`)
      await works.health(await target.address(plan.stable), plan.previous?.name ?? '')
      return `${plan.stable} is healthy`
    }
    case 'drain-candidate':
      return keepPinned()
    case 'retire-candidate':
      return retireCandidate()
  }

  /** Whoever began an exam on it stays while it is well; the others have gone already. */
  async function keepPinned(): Promise<string> {
    for (let unwell = 0; ; ) {
      const pinned = await works.pinned(plan.release.name)
      if (pinned?.count === 0) return 'nobody is pinned'
      unwell = (await isWell()) ? 0 : unwell + 1
      if (unwell >= UNWELL_FOR_GOOD)
        return `${pinned?.count ?? 'nobody knows how many'} are moved to ${plan.stable}, because ${candidate} does not answer: their work is kept on the server`
      await patience()
    }
  }

  async function retireCandidate(): Promise<string> {
    if (seen.stable === candidate) throw new Error(`${candidate} serves and is never stopped`)
    // Also where nothing answers: what fell is started again by its supervisor until it is stopped.
    for (let unwell = 0; ; ) {
      try {
        await target.retire(candidate, { evenPinned: unwell >= UNWELL_FOR_GOOD })
        return `${candidate} stopped`
      } catch (error) {
        // It answers, so whoever is kept on it stays.
        if (!(error instanceof StillNeeded)) throw error
        unwell = (await isWell()) ? 0 : unwell + 1
        await patience()
      }
    }
  }

  async function patience(): Promise<void> {
    await sleep(TRY_AGAIN_MS * 10)
    await breathe()
  }

  async function isWell(): Promise<boolean> {
    try {
      const { instances } = (await target.observe()).colours[candidate]
      if (!instances.some(({ ready }) => ready)) return false
      await works.health(await target.address(candidate), plan.release.name)
      return true
    } catch {
      return false
    }
  }
}

export const isRefusal = (error: unknown): boolean => error instanceof Refused
