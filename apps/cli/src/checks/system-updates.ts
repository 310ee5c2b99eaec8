import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { type Check, type Finding, fault, note, ok, skipped } from './check.ts'

const PATIENCE_MS = 60_000
const RESTART = '/run/reboot-required'

const run = promisify(execFile)

/** Security updates of this machine that are known and not installed, on Debian and its like. */
export const systemUpdates: Check = {
  what: 'security updates',
  check: async () => {
    try {
      const { stdout } = await run('apt-get', ['--simulate', '-o', 'Debug::NoLocking=true', 'upgrade'], {
        timeout: PATIENCE_MS,
        maxBuffer: 16 * 1024 ** 2,
        env: { ...process.env, LC_ALL: 'C' }
      })
      return judgeUpdates(stdout, existsSync(RESTART))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return skipped('no apt-get here: ask the system its own way')
      throw error
    }
  }
}

function judgeUpdates(simulated: string, mustRestart: boolean): Finding {
  const lines = simulated.split('\n').filter((line) => line.startsWith('Inst '))
  const security = lines.filter((line) => /security/i.test(line))
  if (security.length > 0)
    return fault(
      `${security.length} wait: ${security
        .slice(0, 5)
        .map((line) => line.split(' ')[1])
        .join(', ')}`,
      'apt-get update && apt-get upgrade, when few people are there; see freezes first: lyceum freeze check'
    )
  if (mustRestart)
    return note('installed, and in use only after a restart of the machine', 'Announce it: lyceum maintenance on')
  return ok(`none known to be missing${lines.length === 0 ? '' : `, ${lines.length} other updates`}`)
}
