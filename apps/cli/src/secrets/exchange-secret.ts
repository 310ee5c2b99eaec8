import { isRotatable, previousOf, type RotatableName, sinceOf } from '@lyceum/platform/secret-names'
import type { SecretSource, SourceName } from '@lyceum/platform/secret-source'
import { LIVES_MS } from '@lyceum/server/secret-lives'
import { drawSecret } from '@lyceum/server/secrets'
import { hide } from '../environment.ts'
import { withDatabase } from '../installation.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { type SecretPlace, sourceFor } from './place.ts'
import { changesOf, type Exchange, isPassword, startOf, tooSoon } from './rotation.ts'
import { type Writing, writeDown } from './write-down.ts'

export interface Exchanging extends Writing {
  readonly into?: SourceName
  readonly leaked?: boolean
  /** Milliseconds that processes get to take it up. */
  readonly in?: number
}

export interface Exchanged {
  readonly name: string
  readonly place: string
  /** From when it is used; null where that is from the next start on. */
  readonly since: Date | null
  /** Processes may hold a copy of the file, which does not change under them. */
  readonly copied: boolean
}

/** @throws where Lyceum cannot make a new value, because somebody else has to know it */
export function mustBeOurs(name: string): RotatableName {
  if (isRotatable(name)) return name
  throw new CommandFailed(
    'secrets.not-ours',
    `${name} is known to somebody else, too. Have a new one made there, then: lyceum secrets set ${name}`,
    exitCodes.refused
  )
}

/** Replaces a secret by a new one, without cutting off whoever holds what the old one has signed. */
export async function rotateSecret(place: SecretPlace, name: RotatableName, given: Exchanging): Promise<Exchanged> {
  const next = drawSecret()
  hide(next)
  const source = sourceFor(name, place, given.into)
  await mustBeTime(place, name, given)
  await writeDown(place, 'secret.rotated', name, { source: source.name, ...leaked(given) }, given)
  return exchange(place, name, next, source, given)
}

/** Puts a value that somebody brings where it belongs. */
export async function setSecret(
  place: SecretPlace,
  name: string,
  value: string,
  given: Exchanging
): Promise<Exchanged> {
  hide(value)
  const source = sourceFor(name, place, given.into)
  if (isRotatable(name)) await mustBeTime(place, name, given)
  await writeDown(place, 'secret.set', name, { source: source.name, ...leaked(given) }, given)
  if (isRotatable(name)) return exchange(place, name, value, source, given)
  await source.write(new Map([[name, value]]))
  return { name, place: source.place, since: null, copied: false }
}

async function exchange(
  place: SecretPlace,
  name: RotatableName,
  next: string,
  source: SecretSource,
  { leaked = false, in: waitMs }: Exchanging
): Promise<Exchanged> {
  const old = place.found.get(name)?.value ?? null
  const now = new Date()
  if (isPassword(name) && (source.name !== 'file' || leaked)) {
    await changePassword(place, { name, old, next, since: now, leaked: false }, source)
    return { name, place: source.place, since: now, copied: source.name === 'file' }
  }
  const since = old === null ? now : startOf(now, { source: source.name, leaked, waitMs })
  await source.write(changesOf({ name, old, next, since, leaked }))
  return { name, place: source.place, since, copied: source.name === 'file' }
}

/** PostgreSQL knows one password only: who comes with the other one is refused, looks where it is kept, and comes again. */
async function changePassword({ config }: SecretPlace, change: Exchange, source: SecretSource): Promise<void> {
  const [{ setPassword }, { default: pg }] = await Promise.all([import('@lyceum/platform/logins'), import('pg')])
  const role = change.name === 'DATABASE_APP_PASSWORD' ? 'lyceum_app' : 'lyceum_jobs'
  await withDatabase(async ({ ownerUrl }) => {
    const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum secrets' })
    await client.connect()
    try {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
      await source.write(changesOf(change))
      // Before the first migration there is nobody yet to have a password.
      if (rowCount === 1) await setPassword(client, role, { candidates: [change.next] })
    } catch (error) {
      if (change.old !== null) await source.write(new Map([[change.name, change.old]]))
      throw error
    } finally {
      await client.end()
    }
  }, config)
}

async function mustBeTime({ config }: SecretPlace, name: RotatableName, { leaked }: Exchanging): Promise<void> {
  // Without one before, nothing that it has signed could be lost.
  const isFree = leaked || config[previousOf(name)] === null
  const until = isFree ? undefined : tooSoon(config[sinceOf(name)], LIVES_MS[name], new Date())
  if (until === undefined) return
  throw new CommandFailed(
    'secrets.too-soon',
    `${name} was exchanged a short while ago, and what the one before that has signed is good until ${until.toISOString()}. Wait until then; where it has leaked: --leaked, which ends all that at once.`,
    exitCodes.refused
  )
}

const leaked = (given: Exchanging): { readonly leaked?: true } => (given.leaked ? { leaked: true } : {})
