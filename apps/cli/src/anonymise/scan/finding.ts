import type { Counts, NeedleKind } from './needles.ts'

/** Where somebody was found; never who. */
export interface Finding {
  /** A table, `pg_stats`, a file or a part of it. */
  readonly place: string
  /** Of a table; null elsewhere. */
  readonly column: string | null
  readonly kind: NeedleKind | 'page'
  readonly count: number
}

/** Findings of one place added up. */
export class Findings {
  readonly #counts = new Map<string, Finding>()

  add(place: string, column: string | null, counts: Counts): void {
    for (const [kind, count] of Object.entries(counts)) this.note({ place, column, kind: asKind(kind), count })
  }

  note(finding: Finding): void {
    const key = JSON.stringify([finding.place, finding.column, finding.kind])
    this.#counts.set(key, { ...finding, count: finding.count + (this.#counts.get(key)?.count ?? 0) })
  }

  all(): Finding[] {
    return [...this.#counts.values()].toSorted((one, other) => (one.place < other.place ? -1 : 1))
  }
}

/** Keys of `Counts` are kinds. */
const asKind = (kind: string): NeedleKind => kind as NeedleKind
