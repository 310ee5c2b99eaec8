import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Config } from '../../config/config.ts'
import type { EmbeddedPostgresLog } from '../../embedded-postgres/embedded-postgres-log.ts'
import type { RepositorySettings } from '../repository/open-repositories.ts'

export interface ArchiverOrder {
  /** The data directory. */
  readonly data: string
  readonly folder: string
  readonly settings: RepositorySettings & Pick<Config, 'BACKUP_RECIPIENT'>
}

const RESTART_AFTER_MS = 1_000
const LONGEST_GOODBYE_MS = 30_000

/**
 * The archiver in a thread of its own, so that no request waits while a segment is compressed and sealed. One that ends is
 * started again; until then PostgreSQL keeps its log and asks again.
 */
export async function startArchiver(
  order: ArchiverOrder,
  log: EmbeddedPostgresLog
): Promise<{ close(): Promise<void> }> {
  let closing = false
  let worker = await launch(order, log)
  const watch = (current: Worker): void => {
    current.once('exit', () => void (closing ? undefined : relaunch()))
  }
  const relaunch = async (): Promise<void> => {
    await sleep(RESTART_AFTER_MS, undefined, { ref: false })
    if (closing) return
    try {
      worker = await launch(order, log)
      watch(worker)
    } catch {
      await relaunch()
    }
  }
  watch(worker)
  return {
    close: async () => {
      closing = true
      // Whoever waits for it has nothing else that keeps the process alive.
      worker.ref()
      const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      worker.postMessage('close')
      await Promise.race([gone, sleep(LONGEST_GOODBYE_MS, undefined, { ref: false })])
      await worker.terminate()
    }
  }
}

function launch(order: ArchiverOrder, log: EmbeddedPostgresLog): Promise<Worker> {
  const worker = new Worker(new URL('archiver-thread.ts', import.meta.url), { workerData: order })
  worker.unref()
  return new Promise((resolve, reject) => {
    worker.on('message', (message: unknown) => {
      if (typeof message !== 'object' || message === null) return
      if ('warn' in message) log.warn({}, String(message.warn))
      else resolve(worker)
    })
    worker.on('error', (error) => {
      log.error({ reason: error.message }, 'The thread that archives the log of PostgreSQL ended; starting it again')
      reject(error)
    })
  })
}
