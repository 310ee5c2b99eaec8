import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that systems give to outgoing connections, and below those of embedded databases. */
const [FROM, COUNT] = [10_000, 10_000]

/** A port nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  return freePorts(1)
}

/** The first of so many ports in a row that nobody listens on at the moment. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const first = FROM + Math.floor(Math.random() * (COUNT - count))
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)))
    if (!free.includes(false)) return first
  }
  throw new Error(`There are no ${count} free ports in a row`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port)
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
