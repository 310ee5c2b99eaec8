import { Socket } from 'node:net'
import type pg from 'pg'
import type { Login } from './login.ts'
import { openPool } from './pool.ts'
import { openPrimary } from './primary.ts'

/** Connections to whichever server takes writes. */
export interface Connections {
  readonly pool: pg.Pool
  /** Whether its server was left since the connection was opened: nothing new is asked over it, and it is given back as broken. */
  isOld(client: pg.PoolClient): boolean
  /** A server has said that it takes no writes: what is open now is not used again. */
  leave(): void
  close(): Promise<void>
}

/** @param login at one host, or at several of which one takes writes */
export function openConnections(login: Login | string, options: Omit<pg.PoolConfig, 'connectionString'>): Connections {
  const primary = openPrimary(login)
  const sockets = new Set<Socket>()
  let fresh = new WeakSet<pg.PoolClient>()

  // Keeps hold of every socket: a server that hangs says no goodbye.
  const pool = openPool(primary, {
    ...options,
    onConnect: mustTakeWrites,
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      return socket
    }
  })
  // An idle connection that the server closes is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => fresh.add(client))
  primary.onMove(() => {
    fresh = new WeakSet()
    for (const socket of sockets) socket.destroy()
  })

  return {
    pool,
    isOld: (client) => !fresh.has(client),
    leave: () => {
      fresh = new WeakSet()
      for (let idle = pool.idleCount; idle > 0; idle--)
        pool.connect((_unreachable, client, release) => {
          if (client) release(true)
        })
    },
    close: async () => {
      primary.close()
      await pool.end()
    }
  }
}

/**
 * As `target_session_attrs=read-write` of libpq: an address may lead to a server that was demoted, or not promoted yet.
 * @throws with the code of a server that refuses to write
 */
export async function mustTakeWrites(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby')
  if (rows[0]?.standby !== false)
    throw Object.assign(new Error('This server follows another one and takes no writes.'), { code: '25006' })
}
