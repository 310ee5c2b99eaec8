import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@lyceum/platform/database'
import { defineError } from '@lyceum/platform/errors'
import { inInstallation } from '@lyceum/platform/installation-db'
import type { Listener } from '@lyceum/platform/listener'
import type { Tables } from '../context.ts'

export const TENANT_CHANNEL = 'lyceum_tenant'

const TenantUnknown = defineError(
  'tenant.unknown',
  'not-found',
  (host: string) => `There is no school at ${host}. Check the address, or ask whoever gave it to you.`
)
const TenantSuspended = defineError(
  'tenant.suspended',
  'forbidden',
  () => 'This school is closed at the moment. Its administrators know more.'
)

interface TenantEntry {
  readonly id: string
  readonly slug: string
  readonly suspended: boolean
  readonly synthetic: boolean
}

export interface TenantDirectory {
  /** @throws tenant.unknown, tenant.suspended */
  resolve(host: string, slug: string | undefined): Promise<{ readonly id: string; readonly synthetic: boolean }>
  /** Every school of real people that is not suspended. */
  active(): Promise<readonly string[]>
  slugs(): Promise<readonly string[]>
  /** Forgets what it knows: after a change of this process's own making. */
  forget(): void
}

const KEEP_MS = 10_000
/** Whoever asks for schools that do not exist makes us look for them five times a second at most. */
const LOOK_AGAIN_MS = 200

/** Which host is which school; read whole and kept for seconds, because every request asks. */
export async function openTenantDirectory(
  database: Database,
  listener: Listener,
  {
    localNames
  }: { /** Names of this machine that mean the school of `localhost`. */ readonly localNames: readonly string[] }
): Promise<TenantDirectory> {
  let byHost = new Map<string, TenantEntry>()
  let bySlug = new Map<string, TenantEntry>()
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined
  let lookingAgain: Promise<void> | undefined
  let lookedAgainAt = Number.NEGATIVE_INFINITY
  let changes = 0

  const read = async (): Promise<void> => {
    const seen = changes
    const began = performance.now()
    const rows = await inInstallation<
      Tables,
      { id: string; slug: string; suspended_at: string | null; synthetic: boolean; host: string | null }[]
    >(database, (tx) =>
      tx
        .selectFrom('user.tenant as tenant')
        .leftJoin('user.tenant_host as at', 'at.tenant_id', 'tenant.id')
        .select(['tenant.id', 'tenant.slug', 'tenant.suspended_at', 'tenant.synthetic', 'at.host'])
        .execute()
    )
    const entries = rows.map(({ id, slug, suspended_at, synthetic, host }) => ({
      host,
      entry: { id, slug, suspended: suspended_at !== null, synthetic }
    }))
    byHost = new Map(entries.flatMap(({ host, entry }) => (host === null ? [] : [[host, entry]])))
    bySlug = new Map(entries.map(({ entry }) => [entry.slug, entry]))
    // What changed while it was read may not be in it.
    readAt = seen === changes ? began : Number.NEGATIVE_INFINITY
  }
  const fresh = async (): Promise<void> => {
    if (performance.now() - readAt < KEEP_MS) return
    reading ??= read().finally(() => {
      reading = undefined
    })
    await reading
  }
  /** Reads once more, from now on: news of a school may come later than its first visitor. */
  const lookAgain = (): Promise<void> => {
    lookingAgain ??= sleep(Math.max(0, lookedAgainAt + LOOK_AGAIN_MS - performance.now())).then(() => {
      lookingAgain = undefined
      lookedAgainAt = performance.now()
      return read()
    })
    return lookingAgain
  }
  const forget = () => {
    changes++
    readAt = Number.NEGATIVE_INFINITY
  }
  await listener.on(TENANT_CHANNEL, forget)

  return {
    resolve: async (host, slug) => {
      await fresh()
      const find = () =>
        slug === undefined ? byHost.get(localNames.includes(host) ? 'localhost' : host) : bySlug.get(slug)
      if (!find()) await lookAgain()
      const found = find()
      if (!found) throw TenantUnknown(slug ?? host)
      if (found.suspended) throw TenantSuspended()
      return { id: found.id, synthetic: found.synthetic }
    },
    active: async () => {
      await fresh()
      return [...bySlug.values()].filter(({ suspended, synthetic }) => !suspended && !synthetic).map(({ id }) => id)
    },
    slugs: async () => {
      await fresh()
      return [...bySlug.keys()]
    },
    forget
  }
}
