import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { TargetRefused } from '../../target-refused.ts'
import { readKeeperState } from './keeper-state.ts'
import { linesOfFile, sizeOf } from './lines.ts'
import { isAlive, signal } from './process-identity.ts'
import type { Supervisor, UnitStatus } from './supervisor.ts'
import { markLog, readLogMark, unitFolder, writeUnit } from './unit-folder.ts'

const KEEPER = fileURLToPath(new URL('./keeper.ts', import.meta.url))
const LOOK_MS = 50
const START_PATIENCE_MS = 10_000

/**
 * For machines without systemd: every unit has a keeper, a small detached process that starts it again when it ends.
 * @param options.environment file of settings that every unit gets
 * @param options.args what Node runs in the folder of the release, before what the unit itself is told
 * @param options.stopPatienceMs after that long a unit that does not leave is killed
 */
export function ownSupervisor(
  root: string,
  {
    environment,
    args,
    stopPatienceMs
  }: { readonly environment: string; readonly args: readonly string[]; readonly stopPatienceMs: number }
): Supervisor {
  const status = async (name: string): Promise<UnitStatus> => {
    const state = readKeeperState(unitFolder(root, name))
    const running = state?.child != null && isAlive(state.child)
    return { running, pid: running ? state.child.pid : null, restarts: state?.restarts ?? 0 }
  }
  const kept = (name: string): boolean => {
    const state = readKeeperState(unitFolder(root, name))
    return state !== undefined && isAlive(state.keeper)
  }

  return {
    status,
    log: (name) => linesOfFile(join(unitFolder(root, name), 'log'), Number(readLogMark(root, name) ?? 0)),
    start: async (unit) => {
      if (kept(unit.name)) return
      writeUnit(root, unit)
      const folder = unitFolder(root, unit.name)
      markLog(root, unit.name, String(sizeOf(join(folder, 'log'))))
      const log = openSync(join(folder, 'log'), 'a')
      const keeper = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', KEEPER, folder, environment, ...args, ...unit.serve],
        {
          detached: true,
          stdio: ['ignore', log, log]
        }
      )
      keeper.unref()
      const deadline = performance.now() + START_PATIENCE_MS
      while (!(kept(unit.name) && (await status(unit.name)).running)) {
        if (performance.now() > deadline)
          throw new TargetRefused(
            'target.unit-not-started',
            `${unit.name} did not start. Its log is ${join(folder, 'log')}.`
          )
        await sleep(LOOK_MS)
      }
    },
    stop: async (name) => {
      const state = readKeeperState(unitFolder(root, name))
      if (!state) return
      // Without a keeper the process itself is asked.
      const asked = isAlive(state.keeper) ? state.keeper : state.child
      if (asked) signal(asked, 'SIGTERM')
      const deadline = performance.now() + stopPatienceMs
      for (;;) {
        const now = readKeeperState(unitFolder(root, name)) ?? state
        const left = [now.keeper, ...(now.child ? [now.child] : [])].filter(isAlive)
        if (left.length === 0) return
        if (performance.now() > deadline) for (const process of left) signal(process, 'SIGKILL')
        await sleep(LOOK_MS)
      }
    }
  }
}
