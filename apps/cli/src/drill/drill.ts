/** Disasters that are tried out. */
export const drillKinds = ['database-lost', 'everything-lost', 'data-corrupted'] as const
export type DrillKind = (typeof drillKinds)[number]

interface Said {
  readonly title: string
  /** What is seen when it went well. */
  readonly well: string
  /** What to do when it did not. */
  readonly otherwise: string
}

/** A step of a runbook: what a person does at night is what a drill does. */
export type Step = Said &
  (
    | {
        readonly does: 'type'
        /** For a shell; names in braces stand for what is different everywhere. */
        readonly commands: readonly string[]
        /** What the answer of the last command has in it when it went well. */
        readonly sees?: string
      }
    | { readonly does: 'stop' }
    | { readonly does: 'start' }
    /** Signs in, and looks whether everything is there. */
    | { readonly does: 'look' }
    /** Starts what was put aside beside what serves, and looks what is in there. */
    | { readonly does: 'look-aside' }
    /** Nobody but a person can do it; a drill leaves it out and says so. */
    | { readonly does: 'person' }
  )

/** Names in braces of commands: the place of backups, the key that opens them, and the instant to go back to. */
export interface Blanks {
  readonly repository: string
  readonly key: string
  readonly instant: string
}

export const fillIn = (command: string, blanks: Blanks): string =>
  command
    .replaceAll('{repository}', () => blanks.repository)
    .replaceAll('{key}', () => blanks.key)
    .replaceAll('{instant}', () => blanks.instant)

/** What may be lost and how long it may take, in seconds: what is promised, and what we aim at. */
export const PROMISED = { rpoSeconds: 60 * 60, rtoSeconds: 4 * 60 * 60 } as const
export const AIMED = { rpoSeconds: 5 * 60, rtoSeconds: 15 * 60 } as const

/** A drill of each kind is due again after so many days: monthly, with some days to spare. */
export const DRILL_DAYS = 35

export interface StepDone {
  readonly title: string
  /** `left` is a step that only a person can do. */
  readonly state: 'done' | 'failed' | 'left'
  readonly seconds: number
  readonly commands: readonly string[]
}

export interface DrillReport {
  readonly kind: DrillKind
  /** The set that the school was made of; null for a school that was made for the drill. */
  readonly set: string | null
  readonly startedAt: string
  readonly finishedAt: string
  readonly verdict: 'passed' | 'failed'
  /** Why it failed; null where it did not. */
  readonly why: string | null
  /** From the last write that came back until the disaster; null where nothing came back. */
  readonly rpoSeconds: number | null
  /** From the disaster until somebody was signed in again and saw their work; null where nobody did. */
  readonly rtoSeconds: number | null
  /** Whether both are within what we aim at. */
  readonly withinAims: boolean
  /** Tables that were compared row by row, and what differs in them. */
  readonly tablesCompared: number
  readonly differences: readonly string[]
  /** Rows that the disaster took or changed. */
  readonly rowsHit: number
  readonly steps: readonly StepDone[]
}
