import type { ColumnPolicy } from '@lyceum/platform/column-policy'
import type { StandIns } from '@lyceum/platform/stand-ins'

/** What an application of policies leaves as it was: words of the product, which are no sign of anybody. */
export type Noticed = (kept: string) => void

const PROGRAM_WORD = /^[a-z][A-Za-z0-9]{0,30}$/
/** A number of that many digits may be somebody's telephone or register. */
const LONG_NUMBER = 1_000_000

/** The value that takes the place of `value`, both as PostgreSQL writes them as text. */
export function applyPolicy(policy: ColumnPolicy, value: string, standIns: StandIns, noticed: Noticed): string | null {
  switch (policy.kind) {
    case 'kept':
    case 'derived':
      return value
    case 'gone':
      return null
    case 'replaced':
      return standIns.replace(policy.by, value)
    case 'json': {
      const parsed: unknown = JSON.parse(value)
      return JSON.stringify(replaceIn(parsed, '', policy.paths, standIns, noticed))
    }
  }
}

function replaceIn(
  value: unknown,
  path: string,
  paths: Readonly<Record<string, ColumnPolicy>>,
  standIns: StandIns,
  noticed: Noticed
): unknown {
  if (Array.isArray(value)) return value.map((one) => replaceIn(one, path, paths, standIns, noticed))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        const below = path === '' ? name : `${path}.${name}`
        const isKnown = PROGRAM_WORD.test(name)
        if (isKnown) noticed(name)
        return [isKnown ? name : standIns.replace('text', name), replaceIn(member, below, paths, standIns, noticed)]
      })
    )
  const policy = paths[path] ?? paths[path.replace(/[^.]+$/, '*')]
  if (policy === undefined) return replaceLeaf(value, standIns)
  if (policy.kind === 'kept') {
    if (typeof value === 'string') noticed(value)
    return value
  }
  return typeof value === 'string' ? applyPolicy(policy, value, standIns, noticed) : replaceLeaf(value, standIns)
}

function replaceLeaf(value: unknown, standIns: StandIns): unknown {
  if (typeof value === 'string') return standIns.replace('text', value)
  if (typeof value === 'number' && Math.abs(value) >= LONG_NUMBER)
    return standIns.chance('number', String(value)).whole(Number.MAX_SAFE_INTEGER) % (Math.abs(value) * 2)
  return value
}
