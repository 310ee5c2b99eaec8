import { findRunning } from '@lyceum/server/running'
import { type Check, fault, note, ok } from './check.ts'

export const runningState: Check = {
  what: 'running',
  check: async ({ home }) => {
    const running = findRunning(home)
    if (!running) return note('not running from this home', 'Start it: lyceum start')
    try {
      const response = await fetch(`${running.url}/api/v1/health`, { signal: AbortSignal.timeout(5_000) })
      if (response.ok) return ok(`${running.url}, process ${running.pid}, healthy`)
      return fault(`${running.url} answers ${response.status}`, `Look at ${running.url}/api/v1/health and at its log.`)
    } catch {
      return fault(
        `process ${running.pid} is there but ${running.url} does not answer`,
        `Look at its log; if it hangs, stop it (kill ${running.pid}) and start it again.`
      )
    }
  }
}
