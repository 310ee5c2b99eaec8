import { defineError } from '@lyceum/platform/errors'
import type { Lock, Locker, RequestRelease } from '@tus/server'

const UploadBusy = defineError(
  'file.upload-busy',
  'unavailable',
  () => 'That upload is busy with another request. Try again in a few seconds.',
  () => ({ retryAfter: 5 })
)

const PATIENCE_MS = 30_000

interface Holder {
  readonly askToLeave: RequestRelease
  readonly left: PromiseWithResolvers<void>
}

/**
 * One request at a time writes to an upload. A newcomer asks the holder to leave, because the holder is often a
 * connection that died without a word while the phone already resumes on another.
 */
export class UploadLocks implements Locker {
  readonly #holders = new Map<string, Holder>()

  newLock(id: string): Lock {
    return {
      lock: (signal, askToLeave) => this.#enter(id, signal, askToLeave),
      unlock: async () => this.#leave(id)
    }
  }

  /** Runs `work` while nobody else touches the upload; it is not asked to leave. */
  async hold<Answer>(id: string, work: () => Promise<Answer>): Promise<Answer> {
    await this.#enter(id, new AbortController().signal, () => undefined)
    try {
      return await work()
    } finally {
      this.#leave(id)
    }
  }

  async #enter(id: string, signal: AbortSignal, askToLeave: RequestRelease): Promise<void> {
    const over = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
    const gaveUp = new Promise<void>((resolve) => over.addEventListener('abort', () => resolve(), { once: true }))
    for (let holder = this.#holders.get(id); holder; holder = this.#holders.get(id)) {
      await holder.askToLeave()
      await Promise.race([holder.left.promise, gaveUp])
      if (over.aborted) throw UploadBusy()
    }
    this.#holders.set(id, { askToLeave, left: Promise.withResolvers<void>() })
  }

  #leave(id: string): void {
    const holder = this.#holders.get(id)
    this.#holders.delete(id)
    holder?.left.resolve()
  }
}
