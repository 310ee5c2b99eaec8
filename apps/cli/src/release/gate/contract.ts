import { ROLLBACK_WINDOW } from './gates.ts'

/** All that speaks for going back to a release that knows nothing of what is to be taken away. */
export interface ContractFacts {
  readonly now: Date
  /** Migrations of phase `contract` that are pending, as `<module>/<name>`. */
  readonly pending: readonly string[]
  /** The release that is under way; null when there is none. */
  readonly underWay: string | null
  readonly lockedBy: string | null
  /** When the last release or rollback had ended, however it ended; null when there was none. */
  readonly lastEndedAt: Date | null
  readonly serving: string | null
  /** What runs in any colour, with the migrations in its folder. */
  readonly running: readonly { readonly release: string; readonly migrations: readonly string[] }[]
  readonly pins: readonly { readonly release: string; readonly count: number; readonly until: Date }[]
}

/** Why nothing may be taken away now, each with what to do; no override lifts any of it. */
export function contractFaults(facts: ContractFacts): string[] {
  const { now, pending, underWay, lockedBy, lastEndedAt, serving, running, pins } = facts
  const windowEnds = lastEndedAt === null ? null : new Date(lastEndedAt.getTime() + ROLLBACK_WINDOW)
  return [
    ...(underWay === null ? [] : [`${underWay} is under way. Wait for its end: lyceum watch`]),
    ...(lockedBy === null ? [] : [`${lockedBy}. See: lyceum lock status`]),
    ...(windowEnds !== null && windowEnds > now
      ? [`The last release may still be taken back until ${windowEnds.toISOString()}. Wait until then`]
      : []),
    ...running.flatMap(({ release, migrations }) => {
      const unknown = pending.filter((name) => !migrations.includes(name))
      return unknown.length === 0
        ? []
        : [
            `${release} runs and still needs what ${unknown.join(', ')} takes away. Release what does not: lyceum deploy`
          ]
    }),
    ...pins
      .filter(({ release, until }) => release !== serving && until > now)
      .map(
        ({ release, count, until }) =>
          `${count} people stay on ${release} until ${until.toISOString()} at the latest. Wait until then`
      )
  ]
}
