import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { TargetRefused } from '../../target-refused.ts'
import { linesOfProgram } from './lines.ts'
import type { Supervisor } from './supervisor.ts'
import { markLog, readLogMark, writeUnit } from './unit-folder.ts'

const run = promisify(execFile)

/** Stopping may rightly take as long as the longest upload; systemd has its own `TimeoutStopSec`. */
const LONGEST_MS = 24 * 60 * 60 * 1000

/** Units of the template `lyceum@.service`, which runs `%i` from `<root>/instances/%i`. */
export function systemd(
  root: string,
  {
    systemctl = 'systemctl',
    journalctl = 'journalctl'
  }: { readonly systemctl?: string; readonly journalctl?: string } = {}
): Supervisor {
  const ask = async (...args: string[]): Promise<string> => {
    try {
      const { stdout } = await run(systemctl, args, { timeout: LONGEST_MS })
      return stdout
    } catch (error) {
      const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
      throw new TargetRefused('target.systemd', `systemctl ${args.join(' ')}: ${stderr}`)
    }
  }
  return {
    start: async (unit) => {
      writeUnit(root, unit)
      markLog(root, unit.name, String(Math.floor(Date.now() / 1000)))
      // A unit that failed too often is not started again by `start` alone.
      await ask('reset-failed', service(unit.name)).catch(() => undefined)
      // What serves comes up with the machine; while a release is under way that is both colours.
      await ask('enable', service(unit.name))
      await ask('start', service(unit.name))
    },
    stop: async (name) => {
      await ask('stop', service(name))
      await ask('disable', service(name))
    },
    log: (name) => {
      const since = readLogMark(root, name)
      const window = since === undefined ? [] : [`--since=@${since}`]
      return linesOfProgram('target.journal', [
        journalctl,
        `--unit=${service(name)}`,
        ...window,
        '--output=cat',
        '--no-pager',
        '--quiet'
      ])
    },
    status: async (name) => {
      const shown = await ask('show', '--property=ActiveState,MainPID,NRestarts', service(name))
      const facts = new Map(
        shown.split('\n').map((line): [string, string] => [line.split('=')[0] ?? '', line.split('=')[1] ?? ''])
      )
      const pid = Number(facts.get('MainPID') ?? 0)
      const running = facts.get('ActiveState') === 'active' && pid > 0
      return { running, pid: running ? pid : null, restarts: Number(facts.get('NRestarts') ?? 0) }
    }
  }
}

const service = (name: string): string => `lyceum@${name}.service`
