/** A stretch of a page as two people left it. The lists hold blocks; `base` is what both started from. */
export interface Part {
  /** Who changed it: nobody, one of them, or both in different ways. */
  readonly changed: 'nobody' | 'mine' | 'theirs' | 'both'
  readonly base: readonly string[]
  readonly mine: readonly string[]
  readonly theirs: readonly string[]
}

/**
 * Compares two versions of a list with the one they came from (a three-way merge, as `diff3` does it).
 * @param keyOf what makes two entries the same; the entry itself unless given
 */
export function compare(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
  keyOf: (entry: string) => string = (entry) => entry
): Part[] {
  const toMine = matches(base.map(keyOf), mine.map(keyOf))
  const toTheirs = matches(base.map(keyOf), theirs.map(keyOf))
  const parts: Part[] = []
  let [b, m, t] = [0, 0, 0]
  const take = (bEnd: number, mEnd: number, tEnd: number) => {
    if (b < bEnd || m < mEnd || t < tEnd)
      parts.push(partOf(base.slice(b, bEnd), mine.slice(m, mEnd), theirs.slice(t, tEnd), keyOf))
    ;[b, m, t] = [bEnd, mEnd, tEnd]
  }
  for (let index = 0; index < base.length; index++) {
    const inMine = toMine.get(index)
    const inTheirs = toTheirs.get(index)
    if (inMine === undefined || inTheirs === undefined) continue
    // What lies between two blocks that all three have in common was changed by somebody.
    take(index, inMine, inTheirs)
    take(index + 1, inMine + 1, inTheirs + 1)
  }
  take(base.length, mine.length, theirs.length)
  return joined(parts)
}

export type Choice = 'mine' | 'theirs' | 'both'

/** What is right unless somebody says otherwise; `undefined` where only a person can tell. */
export const obvious = ({ changed }: Part): Choice | undefined =>
  changed === 'both' ? undefined : changed === 'theirs' ? 'theirs' : 'mine'

/** The page that comes of one choice per part. */
export const choose = (parts: readonly Part[], choices: readonly Choice[]): string[] =>
  parts.flatMap(({ mine, theirs }, index) => {
    const choice = choices[index] ?? 'mine'
    return choice === 'both' ? [...mine, ...theirs] : choice === 'theirs' ? theirs : mine
  })

function partOf(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
  keyOf: (entry: string) => string
): Part {
  const same = (one: readonly string[], other: readonly string[]) =>
    one.length === other.length && one.every((entry, index) => keyOf(entry) === keyOf(other[index] ?? ''))
  const changed = same(mine, theirs) ? 'nobody' : same(mine, base) ? 'theirs' : same(theirs, base) ? 'mine' : 'both'
  return { changed, base, mine, theirs }
}

/** Neighbours that nobody changed are one part. */
function joined(parts: readonly Part[]): Part[] {
  const all: Part[] = []
  for (const part of parts) {
    const last = all.at(-1)
    if (last?.changed === 'nobody' && part.changed === 'nobody')
      all[all.length - 1] = {
        changed: 'nobody',
        base: [...last.base, ...part.base],
        mine: [...last.mine, ...part.mine],
        theirs: [...last.theirs, ...part.theirs]
      }
    else all.push(part)
  }
  return all
}

/** The longest common subsequence, as index in one → index in the other. */
function matches(one: readonly string[], other: readonly string[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  let start = 0
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) {
    found.set(start, start)
    start++
  }
  let end = 0
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) {
    end++
    found.set(one.length - end, other.length - end)
  }
  const rows = one.slice(start, one.length - end)
  const columns = other.slice(start, other.length - end)
  const width = columns.length + 1
  const lengths = new Uint32Array((rows.length + 1) * width)
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0
  for (let row = rows.length - 1; row >= 0; row--)
    for (let column = columns.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        rows[row] === columns[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
  let [row, column] = [0, 0]
  while (row < rows.length && column < columns.length) {
    if (rows[row] === columns[column]) found.set(start + row++, start + column++)
    else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return found
}
