import type pg from 'pg'

/** What the server says about how many may come. */
export interface Room {
  readonly maxConnections: number
  /** Kept by the server for its superusers. */
  readonly reserved: number
}

export interface Fleet {
  /** Processes of the installation at the same time, those of a release that comes in beside the old one included. */
  readonly processes: number
  /** Connections that requests use lead through a pooler, which shares its own out by itself. */
  readonly pooled: boolean
}

/** More make nothing faster: the batches of many requests share a few connections, and a machine has only so many cores. */
const MOST = 10
/** Fewer, and a slow statement stops everything else. */
const LEAST = 2
/** For operators, backups, monitoring and migrations. */
const FOR_OTHERS = 10
/**
 * Beside the pool: one that listens for notices, one that stays with the primary of several hosts, and for jobs three of
 * the queue, one that shows that the worker lives, and one that lends a hand. Every process counts as one that runs jobs.
 */
export const BESIDE_POOL = 7

/** How many connections processes of one installation may hold together. */
export const connectionsFor = ({ maxConnections, reserved }: Room): number => maxConnections - reserved - FOR_OTHERS

/**
 * Connections of one process's pool, where `DATABASE_POOL` does not say it: an equal share of what the server allows, so that
 * all processes fit even while a release comes in beside the old one. This is the only place where it is decided.
 */
export function poolSizeFor(room: Room, { processes, pooled }: Fleet): number {
  if (pooled) return MOST
  const share = Math.floor(connectionsFor(room) / processes) - BESIDE_POOL
  return Math.max(LEAST, Math.min(MOST, share))
}

/** What all processes may hold on the server when everything is busy; a pooler holds what it was told to instead of the pools. */
export const connectionsOf = (poolSize: number, { processes, pooled }: Fleet): number =>
  processes * (BESIDE_POOL + (pooled ? 0 : poolSize))

/** Asks for a `Room`. */
export const ROOM = `select current_setting('max_connections')::int as "maxConnections", current_setting('superuser_reserved_connections')::int as reserved`

export async function readRoom(client: Pick<pg.ClientBase, 'query'>): Promise<Room> {
  const { rows } = await client.query<Room>(ROOM)
  const [room] = rows
  if (!room) throw new Error('The server did not say how many connections it takes.')
  return room
}
