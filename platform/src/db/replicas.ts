import type pg from 'pg'
import type { SharedMemory } from '../redis/redis.ts'
import { endOfWriting, formatPosition, type LogPosition, parsePosition } from './log-position.ts'
import { asLogin, type Login } from './login.ts'
import { openPool } from './pool.ts'
import type { Answer, Statement } from './read-batch.ts'
import { Readers } from './readers.ts'
import { isConnectionFault } from './unavailable.ts'

export interface ReplicaOptions {
  readonly urls: readonly (Login | string)[]
  /** Milliseconds that a replica may be behind and still answer. */
  readonly mostLagMs: number
}

/** How long what somebody has written is remembered: longer than any replica may be behind. */
export const REMEMBERED_SECONDS = 120
/** How often primary and replicas are asked how far they are. */
const ASK_EVERY_MS = 250
/** Without an answer for this long a replica counts as away. */
const PATIENCE_MS = 1_000
const MOST_MARKS = 512
const CHANNEL = 'seen'

export interface Replicas {
  /** One that has come this far and is well; undefined for none, which is no fault. */
  choose(seen: LogPosition): Replica | undefined
  /** Of every replica, for metrics and health. */
  states(): readonly ReplicaState[]
  remember(personId: string, position: LogPosition): void
  /** How far the primary had come when this person last wrote, as far as this process knows. */
  lastOf(personId: string): LogPosition
  /** Lets all processes know what each of them remembers, so that somebody's phone sees what their laptop wrote. */
  shareBy(memory: Pick<SharedMemory, 'tell' | 'hear'> | undefined): void
  close(): Promise<void>
}

export interface Replica {
  /**
   * Runs statements behind fences of which the first is this server's own: it holds when the server has come as far as
   * `seen`. Whatever goes wrong is told to `done`, and the primary answers instead.
   */
  run(seen: LogPosition, statements: readonly Statement[], done: Done): void
}

type Done = (error: unknown, answers: readonly Answer[]) => void

export interface ReplicaState {
  /** Host and port; never the login. */
  readonly name: string
  readonly usable: boolean
  /** It takes writes itself: since a failover the one that others follow. */
  readonly leads: boolean
  /** Undefined when it does not answer. */
  readonly lagSeconds: number | undefined
  readonly lagBytes: number | undefined
  /** Reads that it answered since the start, and reads that the primary had to answer in its place. */
  readonly answered: number
  readonly failed: number
}

/** A moment at which the primary had come so far. */
interface Mark {
  readonly position: LogPosition
  readonly at: number
}

interface Follower {
  readonly name: string
  readonly pool: pg.Pool
  readonly readers: Readers
  /** How far it has come; undefined while it is away, or is no replica any more. */
  position: LogPosition | undefined
  leads: boolean
  /** How far it was when it last said so. */
  reached: LogPosition
  /** Whether it has come as far as the primary was when this process first asked, or first asked after a failover. */
  caughtUp: boolean
  /** Where it was at a failover: it must be seen to go on, or it may still follow the old primary. */
  distrusted: LogPosition | undefined
  answered: number
  failed: number
}

/** Says that a server is behind by failing: everything behind it in the packet is then skipped. */
const HAS_COME = `select 1 / (pg_is_in_recovery() and pg_last_wal_replay_lsn() >= $1::pg_lsn)::int`

export function openReplicas({
  urls,
  mostLagMs,
  pool: options,
  prepare,
  primary
}: ReplicaOptions & {
  readonly pool: pg.PoolConfig
  readonly prepare: boolean
  readonly primary: pg.Pool
}): Replicas {
  const followers = urls.map((url) => openFollower(url, options, prepare))
  const memory = createMemory()
  let tell: (message: string) => void = () => undefined
  let marks: Mark[] = []
  let timeline = ''
  let floor: LogPosition | undefined
  let closed = false
  let turn = 0

  const mark = async (): Promise<void> => {
    const found = await inTime(
      primary.query<{ position: string; timeline: string }>(
        `select pg_current_wal_insert_lsn()::text as position, left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) as timeline`
      )
    )
    const [row] = found?.rows ?? []
    const position = parsePosition(row?.position ?? '')
    if (!row || position === undefined) return
    const end = endOfWriting(position)
    const last = marks.at(-1)?.position ?? 0
    if (end < last || (timeline !== '' && row.timeline !== timeline)) {
      // Positions of before the failover may mean something else now.
      marks = []
      floor = undefined
      for (const follower of followers) {
        follower.caughtUp = false
        follower.distrusted = follower.reached
      }
    }
    timeline = row.timeline
    floor ??= end
    if (end > (marks.at(-1)?.position ?? -1)) marks.push({ position: end, at: performance.now() })
    forgetMarks()
  }
  /** Those that everybody has reached say nothing any more, but for the last. */
  const forgetMarks = (): void => {
    const least = Math.min(...followers.map(({ reached }) => reached))
    const first = marks.findIndex(({ position }) => position > least)
    if (first > 0) marks = marks.slice(first)
    else if (first < 0) marks = marks.slice(-1)
    if (marks.length > MOST_MARKS) marks = marks.filter((_, index) => index % 2 === 0 || index === marks.length - 1)
  }
  const lagMs = ({ position }: Follower): number | undefined => {
    if (position === undefined) return undefined
    const missed = marks.find((mark) => mark.position > position)
    return missed ? performance.now() - missed.at : 0
  }
  const isUsable = (follower: Follower): boolean => {
    const { position, distrusted } = follower
    if (floor === undefined || position === undefined || position === distrusted) return false
    follower.caughtUp ||= position >= floor
    return follower.caughtUp && (lagMs(follower) ?? Number.POSITIVE_INFINITY) <= mostLagMs
  }
  const watch = async (ask: () => Promise<void>): Promise<void> => {
    while (!closed) {
      await ask().catch(() => undefined)
      await new Promise<void>((resolve) => setTimeout(resolve, ASK_EVERY_MS).unref())
    }
  }
  void watch(mark)
  for (const follower of followers) void watch(() => locate(follower))

  return {
    choose: (seen) => {
      for (let tries = followers.length; tries > 0; tries--) {
        turn = (turn + 1) % followers.length
        const follower = followers[turn]
        if (follower?.position !== undefined && follower.position >= seen && isUsable(follower))
          return { run: (position, statements, done) => run(follower, position, statements, done) }
      }
      return undefined
    },
    states: () =>
      followers.map((follower) => {
        const { name, leads, position, answered, failed } = follower
        const lag = lagMs(follower)
        const newest = marks.at(-1)?.position
        return {
          name,
          leads,
          usable: isUsable(follower),
          lagSeconds: lag === undefined ? undefined : lag / 1000,
          lagBytes: position === undefined || newest === undefined ? undefined : Math.max(0, newest - position),
          answered,
          failed
        }
      }),
    remember: (personId, position) => {
      memory.remember(personId, position)
      tell(`${personId} ${formatPosition(position)}`)
    },
    lastOf: memory.lastOf,
    shareBy: (shared) => {
      tell = (message) => shared?.tell(CHANNEL, message)
      shared?.hear(CHANNEL, (message) => {
        const [personId = '', text = ''] = message.split(' ')
        const position = parsePosition(text)
        if (position !== undefined) memory.remember(personId, position)
      })
    },
    close: async () => {
      closed = true
      await Promise.all(followers.map(({ pool }) => pool.end()))
    }
  }
}

function openFollower(given: Login | string, options: pg.PoolConfig, prepare: boolean): Follower {
  const login = asLogin(given)
  const pool = openPool(login, { ...options, connectionTimeoutMillis: PATIENCE_MS })
  pool.on('error', () => undefined)
  return {
    name: new URL(login.url).host,
    pool,
    readers: new Readers({ pool, isOld: () => false }, prepare),
    position: undefined,
    leads: false,
    reached: 0,
    caughtUp: false,
    distrusted: undefined,
    answered: 0,
    failed: 0
  }
}

async function locate(follower: Follower): Promise<void> {
  const found = await inTime(
    follower.pool.query<{ position: string | null }>(
      'select case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text end as position'
    )
  )
  const [row] = found?.rows ?? []
  follower.position = parsePosition(row?.position ?? '')
  follower.leads = row?.position === null
  if (follower.position === undefined) return
  follower.reached = follower.position
  if (follower.position !== follower.distrusted) follower.distrusted = undefined
}

function run(follower: Follower, seen: LogPosition, statements: readonly Statement[], done: Done): void {
  let over = false
  const finish = (error: unknown, answers: readonly Answer[]): void => {
    if (over) return
    over = true
    clearTimeout(patience)
    if (error === null) follower.answered += 1
    else {
      follower.failed += 1
      // Nobody else waits for it: it is asked again when it has answered the next question how far it is.
      if (isConnectionFault(error) || isBehind(error)) follower.position = undefined
    }
    done(error, answers.slice(1))
  }
  const patience = setTimeout(() => finish(new Error('Query read timeout'), []), PATIENCE_MS)
  const fence: Statement = { text: HAS_COME, values: [formatPosition(seen)] }
  follower.readers.run([fence, ...statements], finish)
}

/** Another server answers at this address than the one that was asked before, or it was promoted. */
const isBehind = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '22012'

/** Two halves, of which the older one is forgotten at once: nothing is remembered for less than the time, or twice as long. */
function createMemory(): Pick<Replicas, 'remember' | 'lastOf'> {
  let recent = new Map<string, LogPosition>()
  let before = new Map<string, LogPosition>()
  let since = performance.now()
  const turnOver = (): void => {
    const now = performance.now()
    if (now - since < REMEMBERED_SECONDS * 1000) return
    before = now - since < 2 * REMEMBERED_SECONDS * 1000 ? recent : new Map()
    recent = new Map()
    since = now
  }
  const lastOf = (personId: string): LogPosition => {
    turnOver()
    return Math.max(recent.get(personId) ?? 0, before.get(personId) ?? 0)
  }
  return {
    lastOf,
    remember: (personId, position) => {
      recent.set(personId, Math.max(lastOf(personId), position))
    }
  }
}

/** @returns undefined when there was no answer in time, or only an error */
async function inTime<Answer>(work: Promise<Answer>): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS)
  })
  try {
    return await Promise.race([work.catch(() => undefined), late])
  } finally {
    clearTimeout(timer)
  }
}
