import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { addressesOf } from './hosts.ts'
import { asLogin, isRefusedPassword, type Login } from './login.ts'

/** How often the server that takes writes is asked whether it still does. */
const ASK_EVERY_MS = 1_000
const PATIENCE_MS = 2_000
/** Between two rounds of asking every host, while none takes writes. */
const AGAIN_MS = 250

/** Which host of an address takes writes now; with one host it is always that one, and nothing is asked. */
export interface Primary {
  /** The address of that host alone. */
  readonly url: string
  /** As of its login. */
  readonly refused: Login['refused']
  /** Told whenever it is another host than before: connections to the old one are worth nothing any more. */
  onMove(moved: () => void): void
  close(): void
}

/** Resolves when the host that takes writes is known, or was looked for once in vain. */
export async function findPrimary(given: Login | string): Promise<Primary> {
  const primary = openPrimary(given)
  await watches.get(keyOf(addressesOf(asLogin(given).url)))?.looked
  return primary
}

/** The same without waiting: until the first round of asking is over it is the first host. */
export function openPrimary(given: Login | string): Primary {
  const login = asLogin(given)
  const addresses = addressesOf(login.url)
  const refused: Primary['refused'] = (url) => login.refused(url)
  if (addresses.length === 1)
    return {
      get url() {
        return login.url
      },
      refused,
      onMove: () => undefined,
      close: () => undefined
    }
  const watch = watches.get(keyOf(addresses)) ?? openWatch(login)
  const mine = new Set<() => void>()
  watch.users += 1
  return {
    get url() {
      return addressesOf(login.url)[watch.at] ?? login.url
    },
    refused,
    onMove: (moved) => {
      mine.add(moved)
      watch.heard.add(moved)
    },
    close: () => {
      for (const moved of mine) watch.heard.delete(moved)
      watch.users -= 1
      if (watch.users === 0) watch.close()
    }
  }
}

/** One for each list of hosts, whatever the logins of those who need to know. */
interface Watch {
  at: number
  users: number
  readonly heard: Set<() => void>
  readonly looked: Promise<void>
  close(): void
}

const watches = new Map<string, Watch>()

const keyOf = (addresses: readonly string[]): string =>
  addresses
    .map((address) => new URL(address))
    .map(({ host, pathname }) => `${host}${pathname}`)
    .join()

function openWatch(login: Login): Watch {
  const count = addressesOf(login.url).length
  const addressOf = (host: number): string => addressesOf(login.url)[host] ?? login.url
  let newest = 0
  let closed = false
  let line: pg.Client | undefined

  /** Asks them all at once. Of two that take writes the one that was promoted last is the one. */
  const look = async (): Promise<boolean> => {
    const found = await Promise.all(Array.from({ length: count }, (_, host) => askOnce(addressOf(host), login)))
    const best = Math.max(...found)
    // A server of an older timeline was left behind by a failover: what is written there is lost.
    if (best === REFUSES || best < newest) return false
    newest = best
    const at = found.indexOf(best)
    if (at === watch.at) return true
    watch.at = at
    for (const moved of watch.heard) moved()
    return true
  }
  /** Stays with the one that was found for as long as it takes writes. */
  const stay = async (): Promise<void> => {
    const next = connection(addressOf(watch.at))
    line = next
    const gone = new Promise<void>((resolve) => next.once('end', resolve))
    try {
      await next.connect()
      while (!closed) {
        if ((await timelineOf(next)) === REFUSES) return
        await Promise.race([gone, sleep(ASK_EVERY_MS, undefined, { ref: false })])
      }
    } finally {
      line = undefined
      void next.end().catch(() => undefined)
    }
  }
  const first = look().catch(() => false)
  const watch: Watch = {
    at: 0,
    users: 0,
    heard: new Set(),
    looked: first.then(() => undefined),
    close: () => {
      closed = true
      watches.delete(keyOf(addressesOf(login.url)))
      void line?.end().catch(() => undefined)
    }
  }
  watches.set(keyOf(addressesOf(login.url)), watch)
  const follow = async (): Promise<void> => {
    let found = await first
    while (!closed) {
      if (found) await stay().catch(() => undefined)
      if (closed) return
      found = await look()
      if (!found) await sleep(AGAIN_MS, undefined, { ref: false })
    }
  }
  void follow()
  return watch
}

/** Below every timeline. */
const REFUSES = 0

async function askOnce(address: string, login: Login): Promise<number> {
  const client = connection(address)
  try {
    await client.connect()
    return await timelineOf(client)
  } catch (error) {
    if (isRefusedPassword(error)) await login.refused(address)
    return REFUSES
  } finally {
    void client.end().catch(() => undefined)
  }
}

/** @returns the timeline on which a server writes, which every promotion counts up */
async function timelineOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ timeline: string | null }>(
    `select case when not pg_is_in_recovery() then left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) end as timeline`
  )
  const [{ timeline = null } = {}] = rows
  return timeline === null ? REFUSES : Number.parseInt(timeline, 16)
}

function connection(address: string): pg.Client {
  const client = new pg.Client({
    connectionString: address,
    application_name: 'lyceum primary',
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    keepAlive: true
  })
  client.on('error', () => undefined)
  return client
}
