import type { Clock } from '@lyceum/platform/clock'
import type pg from 'pg'
import type { ContractFacts } from '../gate/contract.ts'
import { filesUnder } from '../open-target.ts'
import { recent, unfinished } from '../operate.ts'
import type { Target } from '../target.ts'
import { migrationsIn, readLedger } from './release-folder.ts'

/** Asked of the journal, of what runs and of the database. */
export async function readContractFacts(
  {
    root,
    target,
    clock,
    client
  }: {
    readonly root: string
    /** Null where nothing was ever released by this tool. */
    readonly target: Target | null
    readonly clock: Clock
    readonly client: Pick<pg.ClientBase, 'query'>
  },
  pending: readonly string[]
): Promise<ContractFacts> {
  const now = clock.now()
  const { rows: pins } = await client.query<{ release: string; count: number; until: string }>(
    'select release, count(*)::int as count, max(until)::text as until from platform.pin where until > $1 group by release',
    [now]
  )
  const known = { now, pending, pins: pins.map((pin) => ({ ...pin, until: new Date(pin.until) })) }
  if (target === null)
    return { ...known, underWay: null, lockedBy: null, lastEndedAt: null, serving: null, running: [] }
  const { journals, lock } = target.keeping ?? filesUnder(root)
  const holding = await lock.status()
  const [last] = await recent(journals, 1)
  const { stable, colours } = await target.observe()
  const names = [...new Set([colours.blue.release, colours.green.release])].filter((name) => name !== null)
  return {
    ...known,
    underWay: (await unfinished(journals))?.plan.release.name ?? null,
    lockedBy: holding === null ? null : `${holding.holder} has the lock (${holding.reason})`,
    lastEndedAt: last && last.outcome !== null ? new Date(last.changedAt) : null,
    serving: colours[stable].release,
    running: await Promise.all(names.map(async (release) => ({ release, migrations: await knownTo(release) })))
  }

  /** An image is asked; one that does not answer knows of nothing, which is the safe way round. */
  async function knownTo(release: string): Promise<readonly string[]> {
    const shelf = target?.shelf
    if (!shelf) return migrationsIn(root, release)
    const ledger = await readLedger(shelf, release)
    return ledger.known ? [...ledger.value.applied, ...ledger.value.pending].map(({ name }) => name) : []
  }
}
