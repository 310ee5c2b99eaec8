import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { HomeLayout } from './home-layout.ts'

/**
 * The port of last time when it is free, otherwise a free one.
 *
 * @param attempt 1 at first; the port of last time is left out on further attempts
 */
export async function choosePort(layout: HomeLayout, attempt: number): Promise<number> {
  const remembered = attempt === 1 ? await readPort(layout) : undefined
  const candidates = [...(remembered === undefined ? [] : [remembered]), ...preferredPorts(layout, attempt)]
  for (const port of candidates) {
    if ((await bind(port)) === port) return port
  }
  return (await bind(0)) ?? 0
}

/** Keeps the port for the next start. */
export async function rememberPort(layout: HomeLayout, port: number): Promise<void> {
  if ((await readPort(layout)) !== port) await writeFile(layout.portFile, `${port}\n`)
}

async function readPort(layout: HomeLayout): Promise<number | undefined> {
  const port = Number.parseInt(await readFile(layout.portFile, 'utf8').catch(() => ''), 10)
  return port > 0 && port < 65_536 ? port : undefined
}

// Below the range from which systems take ports for outgoing connections, so that no connection holds ours when the
// server has to start again; different homes begin at different ports.
function preferredPorts(layout: HomeLayout, attempt: number): number[] {
  const offset = createHash('sha256').update(`${layout.home} ${attempt}`).digest().readUInt16BE() % 10_000
  return Array.from({ length: 20 }, (_, index) => 20_000 + ((offset + index) % 10_000))
}

function bind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      const bound = typeof address === 'object' ? address?.port : undefined
      server.close(() => resolve(bound))
    })
  })
}
