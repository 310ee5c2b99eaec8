import type { Impact } from '@lyceum/platform/probe'
import { installationEntry } from '@lyceum/platform/runtime'
import type { Composition } from '@lyceum/server/compose'

/** Who would notice if the installation went away now, over all schools of real people. */
export async function readImpact({ runtime, users }: Pick<Composition, 'runtime' | 'users'>): Promise<Impact[]> {
  const sums = new Map<string, Impact>()
  for (const tenantId of await users.tenants.active())
    for (const { contract, impact } of runtime.modules)
      for (const { what, count, until } of await impact(runtime.runner(contract.module, installationEntry(tenantId)))) {
        const before = sums.get(what)
        sums.set(what, { what, count: count + (before?.count ?? 0), until: later(until, before?.until ?? null) })
      }
  return [...sums.values()]
}

const later = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other > one) ? other : one
