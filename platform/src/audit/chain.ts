import { createHash } from 'node:crypto'

/** What somebody did; `details` is JSON. */
export interface AuditEntry {
  readonly at: string
  readonly actor: string
  /** `<area>.<what>`, such as `release.aborted`. */
  readonly action: string
  readonly subject: string
  readonly details: Readonly<Record<string, unknown>>
}

export interface AuditRow extends AuditEntry {
  readonly seq: number
  readonly previous: string
  readonly hash: string
}

export interface ChainFault {
  readonly seq: number
  readonly fault: 'changed' | 'missing' | 'reordered' | 'cut-off'
  readonly message: string
}

/** Before the first row. */
export const NO_HASH = '0'.repeat(64)

/** JSON with sorted names and no spaces, so that equal values have equal bytes (after RFC 8785). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value ?? null)
}

/** Seals an entry behind the row before it. */
export function seal(entry: AuditEntry, seq: number, previous: string): AuditRow {
  return { ...entry, seq, previous, hash: hashOf({ ...entry, seq, previous }) }
}

/**
 * What is wrong with a chain, in the order of its numbers; empty when nothing is.
 * @param heads hashes noted elsewhere, by number: the only way to notice that the newest rows were cut off
 * @param first of a part of a chain, whose row before is not there to be compared with
 */
export function verifyChain(
  rows: readonly AuditRow[],
  heads: ReadonlyMap<number, string> = new Map(),
  first: Pick<AuditRow, 'seq' | 'previous'> = { seq: 1, previous: NO_HASH }
): ChainFault[] {
  const faults: ChainFault[] = []
  const hashes = new Set(rows.map(({ hash }) => hash))
  let before: AuditRow | undefined
  for (const row of rows) {
    const expected = before === undefined ? first.seq : before.seq + 1
    if (row.seq !== expected) faults.push(gone(expected, row.seq - 1))
    else if (row.previous !== (before?.hash ?? first.previous))
      faults.push(
        hashes.has(row.previous)
          ? { seq: row.seq, fault: 'reordered', message: `row ${row.seq} does not belong behind row ${row.seq - 1}` }
          : {
              seq: row.seq,
              fault: 'changed',
              message: `row ${row.seq} was sealed behind another row than ${row.seq - 1}`
            }
      )
    if (hashOf(row) !== row.hash) faults.push({ seq: row.seq, fault: 'changed', message: `row ${row.seq} was changed` })
    const noted = heads.get(row.seq)
    if (noted !== undefined && noted !== row.hash)
      faults.push({ seq: row.seq, fault: 'changed', message: `row ${row.seq} is not the one that was noted elsewhere` })
    before = row
  }
  const last = before?.seq ?? 0
  const furthest = Math.max(0, ...heads.keys())
  if (furthest > last)
    faults.push({
      seq: last + 1,
      fault: 'cut-off',
      message: `rows ${last + 1} to ${furthest} were there once and are missing at the end`
    })
  return faults
}

const gone = (from: number, to: number): ChainFault => ({
  seq: from,
  fault: from <= to ? 'missing' : 'reordered',
  message: from === to ? `row ${from} is missing` : `rows ${from} to ${to} are missing`
})

const hashOf = ({ seq, at, actor, action, subject, details, previous }: Omit<AuditRow, 'hash'>): string =>
  createHash('sha256').update(canonicalJson({ seq, at, actor, action, subject, details, previous })).digest('hex')
