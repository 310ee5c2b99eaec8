import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing'

/** Room after the last of a list. */
export const rankAfter = (last: string | null | undefined): string => generateKeyBetween(last ?? null, null)

/**
 * New ranks for the members of a list whose old ones no longer sort as wanted. The longest run that is in order already
 * stays, so that moving one thing writes one row.
 */
export function rankAnew(
  ids: readonly string[],
  ranks: ReadonlyMap<string, { readonly rank: string }>,
  mayStay: (id: string) => boolean = () => true
): [id: string, rank: string][] {
  const stays = longestRise(ids.map((id) => (mayStay(id) ? (ranks.get(id)?.rank ?? null) : null)))
  const placed: [string, string][] = []
  let before: string | null = null
  for (let at = 0; at < ids.length; ) {
    if (stays.has(at)) {
      before = ranks.get(ids[at] ?? '')?.rank ?? null
      at++
      continue
    }
    const start = at
    while (at < ids.length && !stays.has(at)) at++
    const after = at < ids.length ? (ranks.get(ids[at] ?? '')?.rank ?? null) : null
    const fresh = generateNKeysBetween(before, after, at - start)
    for (const [offset, rank] of fresh.entries()) placed.push([ids[start + offset] ?? '', rank])
  }
  return placed
}

/** Indexes of a longest strictly rising subsequence; null never belongs to it. Quadratic, for lists of hundreds. */
function longestRise(values: readonly (string | null)[]): ReadonlySet<number> {
  const length: number[] = []
  const previous: number[] = []
  let best = -1
  for (const [at, value] of values.entries()) {
    length[at] = value === null ? 0 : 1
    previous[at] = -1
    if (value === null) continue
    for (let earlier = 0; earlier < at; earlier++) {
      const smaller = values[earlier]
      if (smaller == null || smaller >= value || (length[earlier] ?? 0) + 1 <= (length[at] ?? 0)) continue
      length[at] = (length[earlier] ?? 0) + 1
      previous[at] = earlier
    }
    if (best < 0 || (length[at] ?? 0) > (length[best] ?? 0)) best = at
  }
  const rise = new Set<number>()
  for (let at = best; at >= 0; at = previous[at] ?? -1) rise.add(at)
  return rise
}
