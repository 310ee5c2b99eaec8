import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A road to the test database that can be cut and mended. */
export interface DatabaseProxy {
  readonly port: number
  /** Ends every connection and refuses new ones, like a server that was stopped. */
  cut(): Promise<void>
  /** Keeps every connection and lets nothing through, like a network that swallows packets. */
  swallow(): void
  mend(): Promise<void>
  close(): Promise<void>
}

export async function openDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const { hostname, port: databasePort } = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let swallowing = false

  const server = createServer((near) => {
    const far = connect(Number(databasePort || 5432), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => {
        if (!swallowing) to.write(bytes)
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }
  const cut = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const port = await listen(0)
  return {
    port,
    cut,
    swallow: () => {
      swallowing = true
    },
    mend: async () => {
      swallowing = false
      if (!server.listening) await listen(port)
    },
    close: cut
  }
}
