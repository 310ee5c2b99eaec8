import { createServer } from 'node:net'
import { findRunning } from '@lyceum/server/running'
import { type Check, fault, ok, skipped } from './check.ts'

export const port: Check = {
  what: 'port',
  check: async ({ config: { PORT, BIND_ADDRESS }, home }) => {
    const running = findRunning(home)
    if (running) return ok(`${new URL(running.url).port}, ours (process ${running.pid})`)
    if (PORT === 0) return skipped('any free one')
    const code = await bind(PORT, BIND_ADDRESS ?? '127.0.0.1')
    if (code === undefined) return ok(`${PORT} is free`)
    return code === 'EADDRINUSE'
      ? fault(`${PORT} is in use by another program`, `Stop it (“ss -ltnp sport = :${PORT}” names it), or set PORT.`)
      : fault(`${PORT} cannot be used (${code})`, 'Choose a port above 1023 and put a proxy in front.')
  }
}

function bind(number: number, host: string): Promise<string | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(number, host, () => server.close(() => resolve(undefined)))
  })
}
