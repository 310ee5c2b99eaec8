import { statfs } from 'node:fs/promises'
import { courseContract, type Freeze } from '@lyceum/course/contract'
import type { BackupState } from '@lyceum/platform/backup/state'
import type { Clock } from '@lyceum/platform/clock'
import type { Config } from '@lyceum/platform/config'
import { askedSeldom, inTime } from '@lyceum/platform/in-time'
import type { QueueDepth } from '@lyceum/platform/queue-depth'
import { installationEntry, type Runtime } from '@lyceum/platform/runtime'
import type { FreezeFact, MailFacts, StatusFacts } from '@lyceum/platform/system/status'
import type pg from 'pg'
import { usesBroker } from './broker-check.ts'
import type { Check } from './health.ts'

const PATIENCE_MS = 3_000
/** Calendars and certificates change slowly, and asking for them is work. */
const SLOW_MS = 60_000
/** Calendars of so many schools are looked through; of more, nothing is claimed. */
const MOST_SCHOOLS = 300

export interface StatusSources {
  readonly config: Config
  readonly clock: Clock
  readonly home: string
  readonly startedAt: Date
  readonly checks: () => Promise<Check[]>
  readonly queue: () => Promise<QueueDepth>
  /** Connections as the login that processes have. */
  readonly pool: pg.Pool
  readonly runtime: () => Runtime
  readonly tenants: () => Promise<readonly string[]>
  readonly mail: MailFacts
  /** Undefined where Lyceum makes no backups. */
  readonly backups: (() => Promise<BackupState | undefined>) | undefined
}

/** What the status page is made of. Nothing of it may keep the rest from being told, nor take longer than some seconds. */
export function statusFacts(sources: StatusSources): () => Promise<StatusFacts> {
  const { config, home, startedAt, mail, pool } = sources
  const freezes = askedSeldom(() => readFreezes(sources), SLOW_MS)
  const certificate = askedSeldom(() => readCertificate(config.PUBLIC_URL), SLOW_MS)
  return async () => {
    const [checks, queue, disk, releases, held, ends, backups] = await Promise.all([
      sources.checks(),
      inTime(sources.queue()),
      inTime(readDisk(home)),
      inTime(readReleases(pool)),
      freezes(),
      certificate(),
      sources.backups ? sources.backups() : config.DATABASE_URL === null ? ('off' as const) : ('none' as const)
    ])
    return {
      checks,
      queue,
      disk,
      releases,
      freezes: held,
      certificate: ends,
      backups,
      mail,
      release: config.RELEASE,
      startedAt,
      uses: {
        redis: config.REDIS_URL !== null || config.REDIS_SENTINELS.length > 0,
        rabbitmq: usesBroker(config)
      }
    }
  }
}

async function readDisk(folder: string): Promise<{ usedRatio: number }> {
  const { blocks, bfree, bavail } = await statfs(folder)
  const used = blocks - bfree
  return { usedRatio: used / Math.max(1, used + bavail) }
}

/** Processes name their release when they connect. */
async function readReleases(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ release: string }>(
    `select distinct substr(application_name, 8) as release from pg_stat_activity
     where usename = current_user and datname = current_database() and application_name like 'lyceum %'
       and application_name not in ('lyceum listener', 'lyceum jobs', 'lyceum worker presence')`
  )
  return rows.map(({ release }) => release)
}

async function readFreezes({ clock, runtime, tenants }: StatusSources) {
  const schools = await tenants()
  if (schools.length > MOST_SCHOOLS) throw new Error('too many schools to look through')
  const now = clock.now()
  const held: FreezeFact[] = []
  const next: FreezeFact[] = []
  for (const tenantId of schools) {
    const { schoolName, state } = await runtime()
      .runner('system', installationEntry(tenantId))
      .asking.call(courseContract)
      .listFreezes({ from: now.toISOString() })
    held.push(...state.because.map((freeze) => factOf(schoolName, freeze)))
    if (state.next) next.push(factOf(schoolName, state.next))
  }
  const byStart = (one: FreezeFact, other: FreezeFact) => (one.from?.getTime() ?? 0) - (other.from?.getTime() ?? 0)
  return { held: held[0] ?? null, next: next.sort(byStart)[0] ?? null }
}

const factOf = (school: string, { from, until }: Pick<Freeze, 'from' | 'until'>): FreezeFact => ({
  school,
  from: from === null ? null : new Date(from),
  until: until === null ? null : new Date(until)
})

/** When the certificate of the public address ends; whatever else is wrong with it, this is asked for alone. */
async function readCertificate(publicUrl: string | null): Promise<Date | null> {
  if (publicUrl === null || !publicUrl.startsWith('https:')) return null
  const { hostname, port } = new URL(publicUrl)
  const { promise, resolve, reject } = Promise.withResolvers<Date>()
  const { connect: connectSecurely } = await import('node:tls')
  const socket = connectSecurely({
    host: hostname,
    port: port === '' ? 443 : Number(port),
    servername: hostname,
    rejectUnauthorized: false,
    timeout: PATIENCE_MS
  })
  socket.on('secureConnect', () => resolve(new Date(socket.getPeerCertificate().valid_to)))
  socket.on('timeout', () => reject(new Error(`${publicUrl} does not answer`)))
  socket.on('error', reject)
  return promise.finally(() => socket.destroy())
}
