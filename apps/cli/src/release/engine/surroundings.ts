import type { Clock } from '@lyceum/platform/clock'
import type { LogFaults } from '../facts/log-faults.ts'
import type { Journal } from '../journal/journal.ts'
import type { Plan } from '../run/plan.ts'
import type { Run } from '../run/run.ts'
import type { Colour, Target } from '../target.ts'

/** A step said no by a rule; nothing went wrong. */
export class Refused extends Error {}

/** People who stay with a release on purpose, such as for the length of an exam, and until when. */
export interface Pinned {
  readonly count: number
  readonly until: string | null
}

/** What people who do not exist met with, besides what the processes counted of it. */
export interface Visit {
  /** What was asked and nobody answered as it should be. */
  readonly lost: { readonly candidate: number; readonly stable: number }
  /** What keeps them from asking; null where nothing does. */
  readonly why: string | null
}

/** People who do not exist and do what people do every day. */
export interface Learners {
  /**
   * Asks at each address for so long, one thing after another and seldom enough to burden nobody.
   * @param addresses.stable null where there is no other release to compare with
   * @param most requests at each; what was begun is finished
   */
  visit(
    addresses: { readonly candidate: string; readonly stable: string | null },
    limits: { readonly forMs: number; readonly most: number; readonly probes: readonly string[] }
  ): Promise<Visit>
  /** They go, with everything they have made; nothing happens where nobody came. */
  leave(): Promise<void>
}

/** What the engine does beside moving traffic; each is given from outside, so that the engine has no world of its own. */
export interface Works {
  /** @throws Refused naming every gate that is closed */
  gates(plan: Plan): Promise<string>
  /** Adds to the schema what the release needs. Idempotent. */
  expand(plan: Plan): Promise<string>
  /** @throws when the address is not healthy at this moment */
  health(address: string, release: string): Promise<void>
  /** @throws naming every probe that failed */
  validate(address: string, plan: Plan): Promise<string>
  readonly learners: Learners
  /** What the log of a colour says has gone wrong since it was started; null where there is no log to look at. @throws when it cannot be read */
  log(colour: Colour): Promise<LogFaults | null>
  /** @throws when a request at the front door was still answered by this release */
  notAtFrontDoor(release: string): Promise<void>
  /** Null when nobody can say, such as while the database is away. */
  pinned(release: string): Promise<Pinned | null>
  /** What the calendar has against changing anything until then, in words. @throws when it cannot be read */
  calendar(until: Date): Promise<string | null>
  /** A mark of the database that serves; another one means that it moved. @throws when it does not answer */
  database(): Promise<string>
}

export interface EngineSurroundings {
  readonly target: Target
  readonly works: Works
  readonly journal: Journal
  readonly clock: Clock
  /** Who runs the tool. */
  readonly by: string
  readonly sleep: (ms: number) => Promise<void>
  /** How often a release is looked at. */
  readonly lookEveryMs: number
  /** Told after every line of the journal. */
  readonly tell: (run: Run, entry: Parameters<Journal['append']>[0]) => void
}
