import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '../../id.ts'
import { BackupError } from '../backup-error.ts'
import { asked, type Repository, readJson } from './repository.ts'

/** Nobody else changes sets of this repository while it is held. */
export interface RepositoryLock {
  /** @throws BackupError where it could not be renewed in time: somebody else may be at it by now */
  mustHold(): Promise<void>
  release(): Promise<void>
}

interface Claim {
  readonly name: string
  readonly what: string
  readonly host: string
  readonly pid: number
  /** Of the process: in containers the next one often has the same id. */
  readonly life: string
  readonly renewedAt: string
}

const LIFE_MS = 2 * 60_000
const RENEW_MS = 20_000
const ATTEMPTS = 4
const LIFE = newId()

/**
 * Takes the repository for one process. Stores have no lock: whoever writes a claim and then sees no other has it, and of two
 * that write at once at least one sees the other. A claim ends with its process on the same machine, and two minutes after
 * it was last renewed elsewhere.
 *
 * @param what is going on, for whoever finds it taken
 * @throws BackupError `backup.locked`
 */
export async function lockRepository(repository: Repository, what: string): Promise<RepositoryLock> {
  for (let attempt = 1; ; attempt++) {
    const name = `locks/${newId()}.json`
    const write = () => writeClaim(repository, { name, what, host: hostname(), pid: process.pid, life: LIFE })
    await write()
    const [other] = (await readClaims(repository)).filter((claim) => claim.name !== name && isAlive(claim))
    if (other === undefined) return keep(repository, name, write)
    await asked(repository, () => repository.store.delete(name))
    if (attempt === ATTEMPTS)
      throw new BackupError(
        'backup.locked',
        `${repository.place} is in use: ${other.what} by process ${other.pid} on ${other.host}, since or renewed ${other.renewedAt}. Try again when it is done; a claim that nobody renews ends after two minutes.`,
        'busy'
      )
    // Two that saw each other both stepped back: the next time they are not at it at once.
    await sleep(50 + Math.random() * 400)
  }
}

/** Removes claims of processes that are gone. */
export async function removeDeadClaims(repository: Repository): Promise<void> {
  for (const claim of await readClaims(repository))
    if (!isAlive(claim)) await asked(repository, () => repository.store.delete(claim.name))
}

function keep(repository: Repository, name: string, write: () => Promise<void>): RepositoryLock {
  let renewed = performance.now()
  let renewing: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    renewing = write().then(
      () => {
        renewed = performance.now()
      },
      () => undefined
    )
  }, RENEW_MS)
  timer.unref()
  return {
    mustHold: async () => {
      const isOld = performance.now() - renewed > LIFE_MS / 2
      if (!isOld && (await asked(repository, () => repository.store.size(name))) !== undefined) return
      throw new BackupError(
        'backup.lock-lost',
        `The claim on ${repository.place} could not be renewed. Nothing was added; run the command again.`
      )
    },
    release: async () => {
      clearInterval(timer)
      await renewing
      // Gone with this process anyway.
      await repository.store.delete(name).catch(() => undefined)
    }
  }
}

const writeClaim = (repository: Repository, claim: Omit<Claim, 'renewedAt'>): Promise<void> =>
  asked(repository, () =>
    repository.store.putBytes(
      claim.name,
      Buffer.from(`${JSON.stringify({ ...claim, renewedAt: new Date().toISOString() })}\n`)
    )
  )

async function readClaims(repository: Repository): Promise<Claim[]> {
  const names = await asked(repository, () => repository.store.list('locks/'))
  const claims: Claim[] = []
  for (const { name } of names) {
    // One that is half there is of a store that writes in place; its holder will write it again.
    const found = await asked(repository, () => readJson(repository.store, name)).catch(() => undefined)
    if (isClaim(found)) claims.push({ ...found, name })
  }
  return claims
}

function isAlive({ host, pid, life, renewedAt }: Claim): boolean {
  const isRenewed = Math.abs(Date.now() - Date.parse(renewedAt)) < LIFE_MS
  if (host !== hostname()) return isRenewed
  // On this machine a process that is gone has let go at once.
  return pid === process.pid ? life === LIFE : isRenewed && hasProcess(pid)
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const isClaim = (value: unknown): value is Claim =>
  typeof value === 'object' &&
  value !== null &&
  'host' in value &&
  typeof value.host === 'string' &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'what' in value &&
  'life' in value &&
  'renewedAt' in value &&
  typeof value.renewedAt === 'string'
