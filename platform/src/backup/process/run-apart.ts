import { fork } from 'node:child_process'
import { setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../config/config.ts'
import type { SecretPlace } from '../../secrets/where-secrets-are.ts'
import { BackupError } from '../backup-error.ts'

export type BackupTask = 'full' | 'incr' | 'push' | 'check' | 'verify'

export interface BackupOrder {
  readonly task: BackupTask
  readonly config: Config
  readonly home: string
  readonly ownerUrl: string
  readonly secrets: readonly SecretPlace[]
}

export type BackupReport =
  | { readonly ok: true; readonly message: string; readonly faults: readonly string[] }
  | { readonly ok: false; readonly code: string; readonly message: string }

const PROCESS = fileURLToPath(new URL('backup-process.ts', import.meta.url))
/** Requests come first. */
const NICE = 19

/**
 * Does a task in a process of its own at low priority, so that no request waits for it; it ends with this one.
 * @param program another than the platform's own, for what needs more than the platform
 * @throws BackupError
 */
export function runApart(
  order: BackupOrder,
  signal?: AbortSignal,
  program = PROCESS
): Promise<Extract<BackupReport, { ok: true }>> {
  return new Promise((resolve, reject) => {
    const child = fork(program, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], ...(signal ? { signal } : {}) })
    if (child.pid !== undefined) setPriorityOrLeave(child.pid)
    let answered = false
    child.on('message', (report: BackupReport) => {
      answered = true
      if (report.ok) resolve(report)
      else reject(new BackupError(report.code, report.message))
    })
    child.once('error', (error) => {
      if (child.pid === undefined) return reject(error)
      // Told when it is gone: what it held is free then.
      child.kill()
    })
    child.once('exit', (code, killed) => {
      if (!answered)
        reject(
          new BackupError('backup.interrupted', `The backup ended early (${code ?? killed}). The next one begins anew.`)
        )
    })
    child.send(order)
  })
}

/** A machine that does not allow it runs it as everything else. */
function setPriorityOrLeave(pid: number): void {
  try {
    setPriority(pid, NICE)
  } catch {
    // Nothing depends on it.
  }
}
