import { mergeReports, type Report, type ReportAnswer } from './report.ts'

/** A report that waits on this device, one for each visit to an item. */
export interface Kept {
  readonly key: string
  readonly userId: string
  readonly courseId: string
  readonly report: Report
  /** Grows with every change, so that what was added while it was being sent is not taken for sent. */
  readonly revision: number
}

/** Where reports survive the closing of the browser. */
export interface ReportStore {
  readonly all: () => Promise<readonly Kept[]>
  readonly put: (kept: Kept) => Promise<void>
  /** Deletes it unless it was changed since `revision`. */
  readonly remove: (key: string, revision: number) => Promise<void>
}

/** `later`: try again; `ended`: wait for a new sign-in; `refused`: the server will never take it. */
export type Failure = { readonly kind: 'later'; readonly afterMs?: number } | { readonly kind: 'ended' | 'refused' }

export interface QueueParts {
  readonly store: ReportStore
  /** `leaving`: the page may be gone before the answer comes. */
  readonly send: (report: Report, leaving: boolean) => Promise<ReportAnswer>
  readonly failureOf: (error: unknown) => Failure
  readonly onAnswer: (kept: Kept, answer: ReportAnswer) => void
  readonly onRefused: (kept: Kept, error: unknown) => void
  /** How many reports are stuck on this device; those on their way for the first time are not. */
  readonly onStuck: (count: number) => void
}

export interface ReportQueue {
  /** Takes up what this person left on this device; calling it again for the same person changes nothing. */
  readonly start: (userId: string) => Promise<void>
  /** Keeps a report and sends it: at once when `urgent`, else together with what follows in the next seconds. */
  readonly add: (courseId: string, report: Report, urgent?: boolean) => void
  readonly flush: (leaving?: boolean) => Promise<void>
  /** By item, everything not yet on the server. */
  readonly pending: () => ReadonlyMap<string, Report>
  readonly subscribe: (listener: () => void) => () => void
}

const GATHER_MS = 4_000
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

/** Reports of study on their way to the server, kept until it has answered. */
export function createReportQueue({ store, send, failureOf, onAnswer, onRefused, onStuck }: QueueParts): ReportQueue {
  const kept = new Map<string, Kept>()
  const listeners = new Set<() => void>()
  let pending: ReadonlyMap<string, Report> = new Map()
  let userId: string | undefined
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let round: Promise<void> | undefined

  async function start(user: string): Promise<void> {
    if (userId === user) {
      if (kept.size > 0) schedule(0)
      return
    }
    userId = user
    kept.clear()
    const left = await store.all().catch(() => [])
    // Another person may have signed in while the store was read.
    if (userId !== user) return
    for (const one of left) if (one.userId === user) kept.set(one.key, merged(one, kept.get(one.key)))
    failures = kept.size > 0 ? 1 : 0
    changed()
    if (kept.size > 0) schedule(0)
  }

  function add(courseId: string, report: Report, urgent = false): void {
    if (userId === undefined) throw new Error('The queue of reports was not started.')
    const key = [userId, report.itemId, report.visit?.id ?? ''].join(' ')
    const before = kept.get(key)
    const next: Kept = {
      key,
      userId,
      courseId,
      report: mergeReports(before?.report, report),
      revision: (before?.revision ?? 0) + 1
    }
    kept.set(key, next)
    // Without a store (private windows, a full disk) it still goes out from memory.
    store.put(next).catch(() => undefined)
    changed()
    if (urgent && failures === 0) schedule(0)
    else if (timer === undefined) schedule(GATHER_MS)
  }

  function flush(leaving = false): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (leaving) return sendLastWords()
    round ??= sendAll().finally(() => {
      round = undefined
    })
    return round
  }

  async function sendAll(): Promise<void> {
    // Visit ids grow with time, so earlier visits go first.
    for (const one of [...kept.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
      if (kept.get(one.key)?.userId !== userId) return
      const failure = await deliver(kept.get(one.key) ?? one, false)
      if (failure?.kind === 'ended') return
      if (failure?.kind === 'later') {
        failures++
        changed()
        return schedule(failure.afterMs ?? retryAfter(failures))
      }
    }
    failures = 0
    changed()
    if (kept.size > 0) schedule(GATHER_MS)
  }

  /** All at once: there may be no time for one after the other. */
  async function sendLastWords(): Promise<void> {
    await Promise.all([...kept.values()].map((one) => deliver(one, true)))
    if (kept.size > 0) schedule(GATHER_MS)
  }

  async function deliver(one: Kept, leaving: boolean): Promise<Failure | undefined> {
    try {
      const answer = await send(one.report, leaving)
      settle(one)
      onAnswer(one, answer)
    } catch (error) {
      const failure = failureOf(error)
      if (failure.kind !== 'refused') return failure
      settle(one)
      onRefused(one, error)
    } finally {
      changed()
    }
    return undefined
  }

  function settle({ key, revision }: Kept): void {
    if (kept.get(key)?.revision === revision) kept.delete(key)
    store.remove(key, revision).catch(() => undefined)
  }

  function schedule(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      timer = undefined
      void flush()
    }, ms)
  }

  function changed(): void {
    const next = new Map<string, Report>()
    for (const { report } of [...kept.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1)))
      next.set(report.itemId, mergeReports(next.get(report.itemId), report))
    pending = next
    onStuck(failures > 0 ? kept.size : 0)
    for (const listener of listeners) listener()
  }

  return {
    start,
    add,
    flush,
    pending: () => pending,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}

/** What was added before the store had answered belongs to a later revision. */
const merged = (stored: Kept, added: Kept | undefined): Kept =>
  added
    ? { ...added, report: mergeReports(stored.report, added.report), revision: stored.revision + added.revision }
    : stored

/** Doubles from one second to a minute, spread out so that a class does not come back all at once. */
const retryAfter = (failures: number): number =>
  Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.75 + Math.random() / 2)
