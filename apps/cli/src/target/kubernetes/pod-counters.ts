import type { Measurement } from '../../release/target.ts'
import { type Answers, type Counted, p95Between } from '../host/process-metrics.ts'

interface Sum {
  requests: number
  errors: number
  within: Map<number, number>
}

const nothing = (): Sum => ({ requests: 0, errors: 0, within: new Map() })

/**
 * Counters of a colour that only rise, although its pods come and go: what a pod had counted when it was last asked stays
 * counted after it has gone.
 */
export function podCounters() {
  const people = nothing()
  const synthetic = nothing()
  const last = new Map<string, Counted>()
  const restarts = new Map<string, number>()

  return {
    read: (
      pods: readonly { readonly id: string; readonly counted: Counted | undefined }[],
      all: readonly { readonly id: string; readonly restarts: number }[]
    ): Measurement => {
      const before = { people: new Map(people.within), synthetic: new Map(synthetic.within) }
      let hanging = 0
      let again = false
      for (const { id, counted } of pods) {
        if (!counted) continue
        const known = last.get(id)
        const isNew = known === undefined || known.startedAt !== counted.startedAt
        again ||= known !== undefined && isNew
        add(people, isNew ? undefined : known, counted)
        add(synthetic, isNew ? undefined : known.synthetic, counted.synthetic)
        last.set(id, counted)
        hanging += counted.hanging
      }
      for (const { id, restarts: count } of all) restarts.set(id, Math.max(restarts.get(id) ?? 0, count))
      return {
        ...answersOf(people, before.people),
        inFlightOver: hanging,
        restarts: [...restarts.values()].reduce((total, count) => total + count, 0),
        missing: pods.length === 0 || pods.some(({ counted }) => counted === undefined) || again,
        synthetic: answersOf(synthetic, before.synthetic)
      }
    }
  }
}

const answersOf = ({ requests, errors, within }: Sum, before: ReadonlyMap<number, number>) => ({
  requests,
  errors,
  p95Ms: p95Between(before, within)
})

function add(sum: Sum, before: Answers | undefined, now: Answers): void {
  sum.requests += Math.max(0, now.requests - (before?.requests ?? 0))
  sum.errors += Math.max(0, now.errors - (before?.errors ?? 0))
  for (const [bound, count] of now.within)
    sum.within.set(bound, (sum.within.get(bound) ?? 0) + Math.max(0, count - (before?.within.get(bound) ?? 0)))
}
