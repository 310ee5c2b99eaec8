import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@lyceum/platform/clock'
import { nullable } from '@lyceum/platform/schema'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { CommandFailed, exitCodes } from '../../outcome.ts'

export const Holding = Type.Object({
  holder: Type.String(),
  reason: Type.String(),
  pid: Type.Integer(),
  host: Type.String(),
  /** Taken by a person, until that person gives it back. */
  manual: Type.Boolean(),
  since: Type.String(),
  /** Null for one that does not expire. */
  expiresAt: nullable(Type.String())
})
export type Holding = Static<typeof Holding>

const Slip = Type.Object({ holding: nullable(Holding) })
const validator = Compile(Slip)
const holdings = Compile(Holding)

export const isHolding = (value: unknown): value is Holding => holdings.Check(value)

export interface Lease {
  /** Rises with every change of hands: what was written under a lower number came too late. */
  readonly fence: number
  /** Says that the holder lives. @throws release.lease-lost when somebody else has taken over */
  renew(): void | Promise<void>
  release(): void | Promise<void>
}

/** The lock on releases of one installation. */
export interface Lock {
  /** Who has it; null when it is free, which a lease that ran out is too. */
  status(): Holding | null | Promise<Holding | null>
  /** @throws release.locked naming who has it and why */
  acquire(wanted: Wanted): Lease | Promise<Lease>
  /** A person gives back what a person took, or clears away what nobody will. */
  clear(): Holding | null | Promise<Holding | null>
}

export type Wanted = Pick<Holding, 'holder' | 'reason'> & { readonly manual?: boolean }

/** For how long a holder may say nothing. Longer than anything blocks the tool, shorter than anybody waits. */
export const LEASE_MS = 60_000

/**
 * The lock on releases of one installation. Every change of hands makes a file of the next number, and making a file of a
 * name that exists fails: of two that want to take over, one wins. A lease that a crashed process held expires; on the same
 * machine it is free as soon as that process is gone. A manual lock stays until a person gives it back.
 */
export function openLock(folder: string, clock: Clock, host = hostname()) {
  const fileOf = (number: number) => join(folder, `lock.${String(number).padStart(10, '0')}.json`)

  const newest = (): { number: number; holding: Holding | null } => {
    const numbers = list(folder).flatMap((file) => {
      const [, digits] = /^lock\.(\d{10})\.json$/.exec(file) ?? []
      return digits === undefined ? [] : [Number(digits)]
    })
    const number = Math.max(0, ...numbers)
    if (number === 0) return { number, holding: null }
    const slip = readSlip(fileOf(number))
    // Somebody was faster and has cleared it away: look again.
    return slip === undefined ? newest() : { number, holding: slip.holding }
  }

  /** @returns whether this process was the one */
  const write = (number: number, holding: Holding | null): boolean => {
    const draft = join(folder, `draft.${process.pid}.${number}`)
    writeDurably(draft, JSON.stringify({ holding }))
    try {
      linkSync(draft, fileOf(number))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      throw error
    } finally {
      rmSync(draft, { force: true })
    }
    for (const file of list(folder))
      if (/^lock\.\d{10}\.json$/.test(file) && join(folder, file) < fileOf(number))
        rmSync(join(folder, file), { force: true })
    return true
  }

  const status = (): Holding | null => {
    const { holding } = newest()
    return isFree(holding, clock, host) ? null : holding
  }

  return {
    status,
    acquire: (wanted: Wanted) => {
      mkdirSync(folder, { recursive: true })
      const { number, holding } = newest()
      if (!isFree(holding, clock, host)) throw locked(holding)
      const fence = number + 1
      const since = clock.now().toISOString()
      const mine = () => holdingOf(wanted, { host, since, now: clock.now() })
      if (!write(fence, mine())) throw locked(newest().holding)
      const check = () => {
        if (newest().number !== fence) throw lost()
      }
      return {
        fence,
        renew: () => {
          check()
          const draft = join(folder, `draft.${process.pid}.${fence}`)
          writeDurably(draft, JSON.stringify({ holding: mine() }))
          renameSync(draft, fileOf(fence))
        },
        release: () => {
          if (newest().number === fence) write(fence + 1, null)
        }
      }
    },
    clear: () => {
      const { number, holding } = newest()
      if (holding !== null) write(number + 1, null)
      return holding
    }
  }
}

/** What this process writes down when it takes the lock or says that it lives. */
export const holdingOf = (
  { holder, reason, manual = false }: Wanted,
  { host, since, now }: Pick<Holding, 'host' | 'since'> & { readonly now: Date }
): Holding => ({
  holder,
  reason,
  pid: process.pid,
  host,
  manual,
  since,
  expiresAt: manual ? null : new Date(now.getTime() + LEASE_MS).toISOString()
})

/** Whether somebody else may take it: given back, run out, or of a process of this machine that is gone. */
export function isFree(holding: Holding | null, clock: Clock, host: string): boolean {
  if (holding === null) return true
  if (holding.manual) return false
  if (holding.expiresAt !== null && Date.parse(holding.expiresAt) <= clock.now().getTime()) return true
  return holding.host === host && !isAlive(holding.pid)
}

export const lost = (): CommandFailed =>
  new CommandFailed(
    'release.lease-lost',
    'Another process has taken this release over. See: lyceum status',
    exitCodes.busy
  )

export const locked = (holding: Holding | null): CommandFailed =>
  new CommandFailed(
    'release.locked',
    holding === null
      ? 'Another process took the lock at the same moment. Try again.'
      : `${holding.holder} has the lock since ${holding.since} (${holding.reason}; process ${holding.pid} on ${holding.host}). ${
          holding.manual
            ? 'It was taken by hand and is never waited out: lyceum lock release'
            : 'Follow it: lyceum watch'
        }`,
    exitCodes.busy
  )

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readSlip(file: string): Static<typeof Slip> | undefined {
  try {
    const slip: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return validator.Check(slip) ? slip : { holding: null }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function writeDurably(file: string, text: string): void {
  const handle = openSync(file, 'w', 0o640)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
