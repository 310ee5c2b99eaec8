import { oneOf } from '@lyceum/platform/schema'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { Plan } from './plan.ts'

const Colour = oneOf(['blue', 'green'])
const Count = Type.Union([Type.Number(), Type.Null()])
const at = { at: Type.String() }
/** Written by whoever holds the lease, under the number of that lease. */
const engine = { ...at, fence: Type.Integer() }

const answers = { requests: Type.Number(), errors: Type.Number(), p95Ms: Count }
export const Measured = Type.Object({
  ...answers,
  inFlightOver: Type.Number(),
  restarts: Type.Number(),
  missing: Type.Boolean(),
  synthetic: Type.Optional(Type.Object(answers))
})

export const commands = ['pause', 'resume', 'promote', 'promote-full', 'abort', 'retry'] as const
export type CommandName = (typeof commands)[number]

/** One line of a journal. Each is on disk before what it says is done. */
export const Entry = Type.Union([
  Type.Object({ type: Type.Literal('planned'), ...engine, plan: Plan }),
  Type.Object({
    type: Type.Literal('observed'),
    ...engine,
    stable: Colour,
    percent: Type.Number(),
    stableRelease: Type.Union([Type.String(), Type.Null()]),
    candidateRelease: Type.Union([Type.String(), Type.Null()])
  }),
  Type.Object({ type: Type.Literal('begun'), ...engine, step: Type.String() }),
  Type.Object({ type: Type.Literal('done'), ...engine, step: Type.String(), note: Type.String() }),
  Type.Object({
    type: Type.Literal('failed'),
    ...engine,
    step: Type.String(),
    why: Type.String(),
    /** Refused by a rule rather than gone wrong. */
    refused: Type.Boolean()
  }),
  Type.Object({ type: Type.Literal('instance'), ...engine, id: Type.String() }),
  Type.Object({
    type: Type.Literal('baseline'),
    ...engine,
    step: Type.String(),
    candidate: Measured,
    stable: Measured,
    /** Which database served; null where it could not be asked. */
    database: Type.Optional(Type.Union([Type.String(), Type.Null()]))
  }),
  Type.Object({
    type: Type.Literal('measured'),
    ...engine,
    step: Type.String(),
    verdict: oneOf(['pass', 'fail', 'inconclusive']),
    metric: Type.String(),
    value: Count,
    threshold: Count,
    samples: Type.Number(),
    errors: Type.Number(),
    heldMs: Type.Number(),
    silentMs: Type.Number(),
    /** For how long the database could not be asked. */
    blindMs: Type.Optional(Type.Number()),
    slowMs: Type.Optional(Type.Number()),
    /** People who do not exist and fill up the samples; they are not among `samples` and `errors`. */
    synthetic: Type.Optional(
      Type.Object({
        requests: Type.Number(),
        errors: Type.Number(),
        /** Among those: what was asked and nobody answered as it should be, which no process counts. */
        lost: Type.Object({ candidate: Type.Number(), stable: Type.Number() }),
        /** Why they cannot. */
        why: Type.Union([Type.String(), Type.Null()])
      })
    ),
    why: Type.String()
  }),
  Type.Object({
    type: Type.Literal('calendar'),
    ...engine,
    /** What now speaks against going on; null when nothing does any more. */
    frozen: Type.Union([Type.String(), Type.Null()]),
    /** Read in the calendar, rather than feared because it could not be read. */
    certain: Type.Boolean()
  }),
  Type.Object({ type: Type.Literal('command'), ...at, command: oneOf(commands), by: Type.String(), why: Type.String() })
])
export type Entry = Static<typeof Entry>
export type EngineEntry = Exclude<Entry, { type: 'command' }>

const validator = Compile(Entry)

/** A line of a journal; undefined for one that was cut off when its writer was killed. */
export function readEntry(line: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return validator.Check(value) ? value : undefined
  } catch {
    return undefined
  }
}
