import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Report, ReportAnswer } from './report.ts'
import { createReportQueue, type Failure, type Kept, type ReportStore } from './report-queue.ts'

const ANA = 'ana'
const COURSE = 'course'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A store as a browser keeps it: what is in it is still there for the next queue. */
function createMemoryStore(): ReportStore & { readonly kept: Map<string, Kept> } {
  const kept = new Map<string, Kept>()
  return {
    kept,
    all: async () => [...kept.values()],
    put: async (one) => void kept.set(one.key, one),
    remove: async (key, revision) => {
      if (kept.get(key)?.revision === revision) kept.delete(key)
    }
  }
}

class Fault extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.kind)
    this.failure = failure
  }
}

/** A server that answers, or fails as told. */
function createServer() {
  const sent: Report[] = []
  let failure: Failure | undefined
  let hold: Promise<void> | undefined
  return {
    sent,
    fail: (next: Failure | undefined) => {
      failure = next
    },
    holdUntil: (release: Promise<void>) => {
      hold = release
    },
    send: async (report: Report): Promise<ReportAnswer> => {
      sent.push(report)
      await hold
      if (failure) throw new Fault(failure)
      return {
        itemId: report.itemId,
        state: 'in-progress',
        completedAt: null,
        savedAt: '2026-02-03T10:00:00.000Z',
        watchedPercent: 0,
        secondsSpent: 0,
        progress: { completed: 0, total: 1, minutesLeft: 0, completedAt: null },
        unlocked: []
      }
    }
  }
}

function createQueue(store = createMemoryStore(), server = createServer()) {
  const answered: string[] = []
  const refused: string[] = []
  const stuck: number[] = []
  const queue = createReportQueue({
    store,
    send: server.send,
    failureOf: (error) => (error instanceof Fault ? error.failure : { kind: 'later' }),
    onAnswer: ({ report }) => answered.push(report.itemId),
    onRefused: ({ report }) => refused.push(report.itemId),
    onStuck: (count) => stuck.push(count)
  })
  return { queue, store, server, answered, refused, stuck: () => stuck.at(-1) }
}

const visit = (seconds: number, id = 'v1') => ({ id, seconds })

test('reports of one visit go out as one', async () => {
  const { queue, server, store } = createQueue()
  await queue.start(ANA)
  queue.add(COURSE, { itemId: 'a', opened: true, visit: visit(0) })
  queue.add(COURSE, { itemId: 'a', position: { block: 3, offset: 0.5 }, visit: visit(12) })
  queue.add(COURSE, { itemId: 'a', done: true, visit: visit(8) })
  await vi.runAllTimersAsync()
  expect(server.sent).toEqual([
    { itemId: 'a', opened: true, done: true, position: { block: 3, offset: 0.5 }, visit: visit(12) }
  ])
  expect(store.kept.size).toBe(0)
  expect(queue.pending().size).toBe(0)
})

test('without a line everything waits on the device, is counted, and goes out later', async () => {
  const { queue, server, stuck, answered } = createQueue()
  await queue.start(ANA)
  server.fail({ kind: 'later' })
  queue.add(COURSE, { itemId: 'a', done: true, visit: visit(5) }, true)
  queue.add(COURSE, { itemId: 'b', opened: true, visit: visit(1, 'v2') })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(stuck()).toBe(2)
  expect(queue.pending().get('a')?.done).toBe(true)
  server.fail(undefined)
  await vi.runAllTimersAsync()
  expect(answered).toEqual(['a', 'b'])
  expect(stuck()).toBe(0)
})

test('a mark set without a line outlives the browser', async () => {
  const { queue, store, server } = createQueue()
  await queue.start(ANA)
  server.fail({ kind: 'later' })
  queue.add(COURSE, { itemId: 'a', done: true, visit: visit(5) }, true)
  await vi.advanceTimersByTimeAsync(1_000)

  const next = createQueue(store)
  await next.queue.start(ANA)
  expect(next.queue.pending().get('a')?.done).toBe(true)
  await vi.advanceTimersByTimeAsync(10)
  expect(next.server.sent).toEqual([{ itemId: 'a', done: true, visit: visit(5) }])
  expect(store.kept.size).toBe(0)
})

test('what is added while a report is on its way is not lost with its answer', async () => {
  const { queue, server, store } = createQueue()
  await queue.start(ANA)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.holdUntil(promise)
  queue.add(COURSE, { itemId: 'a', opened: true, visit: visit(1) }, true)
  await vi.advanceTimersByTimeAsync(1)
  queue.add(COURSE, { itemId: 'a', done: true, visit: visit(9) })
  resolve()
  await vi.advanceTimersByTimeAsync(1)
  expect(store.kept.size).toBe(1)
  await vi.runAllTimersAsync()
  expect(server.sent.at(-1)).toMatchObject({ done: true, visit: visit(9) })
  expect(store.kept.size).toBe(0)
})

test('an expired sign-in keeps the queue until the same person is back', async () => {
  const { queue, server, store, answered } = createQueue()
  await queue.start(ANA)
  server.fail({ kind: 'ended' })
  queue.add(COURSE, { itemId: 'a', done: true, visit: visit(5) }, true)
  await vi.runAllTimersAsync()
  expect(server.sent).toHaveLength(1)
  expect(store.kept.size).toBe(1)
  server.fail(undefined)
  await queue.start(ANA)
  await vi.runAllTimersAsync()
  expect(answered).toEqual(['a'])
})

test('nobody sends what somebody else left on the device', async () => {
  const { queue, server, store } = createQueue()
  await queue.start(ANA)
  server.fail({ kind: 'later' })
  queue.add(COURSE, { itemId: 'a', done: true, visit: visit(5) }, true)
  await vi.advanceTimersByTimeAsync(500)
  const other = createQueue(store)
  await other.queue.start('omar')
  await vi.advanceTimersByTimeAsync(100)
  expect(other.server.sent).toEqual([])
  expect(other.queue.pending().size).toBe(0)
  expect(store.kept.size).toBe(1)
})

test('a report the server will never take does not hold up the others', async () => {
  const { queue, server, refused, answered } = createQueue()
  await queue.start(ANA)
  server.fail({ kind: 'refused' })
  queue.add(COURSE, { itemId: 'gone', done: true, visit: visit(5) }, true)
  await vi.runAllTimersAsync()
  server.fail(undefined)
  queue.add(COURSE, { itemId: 'a', opened: true, visit: visit(5) }, true)
  await vi.runAllTimersAsync()
  expect(refused).toEqual(['gone'])
  expect(answered).toEqual(['a'])
})

test('waits as long as the server asks for, and longer with every failure', async () => {
  const { queue, server } = createQueue()
  await queue.start(ANA)
  server.fail({ kind: 'later', afterMs: 30_000 })
  queue.add(COURSE, { itemId: 'a', opened: true, visit: visit(1) }, true)
  await vi.advanceTimersByTimeAsync(29_000)
  expect(server.sent).toHaveLength(1)
  server.fail({ kind: 'later' })
  await vi.advanceTimersByTimeAsync(60_000)
  const tries = server.sent.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(tries).toBeGreaterThan(2)
  expect(server.sent.length - tries).toBeLessThan(4)
})

test('a page that is being left sends everything at once', async () => {
  const { queue, server } = createQueue()
  await queue.start(ANA)
  queue.add(COURSE, { itemId: 'a', visit: visit(1) })
  queue.add(COURSE, { itemId: 'b', visit: visit(1, 'v2') })
  await queue.flush(true)
  expect(server.sent.map(({ itemId }) => itemId)).toEqual(['a', 'b'])
})

test('earlier visits to an item count before later ones', async () => {
  const { queue, server } = createQueue()
  await queue.start(ANA)
  server.fail({ kind: 'later' })
  queue.add(COURSE, { itemId: 'a', done: true, visit: visit(5, '01') })
  queue.add(COURSE, { itemId: 'a', done: false, visit: visit(5, '02') })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(queue.pending().get('a')?.done).toBe(false)
})
