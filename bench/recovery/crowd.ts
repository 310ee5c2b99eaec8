import { setTimeout as sleep } from 'node:timers/promises'
import type { Writer } from '../crash/writers.ts'

const READ_EVERY_MS = 100
const WRITE_EVERY_MS = 500

export interface Reader {
  readonly authorization: string
  readonly courseId: string
}

export interface Crowd {
  /** Requests of the time until then, since the last time this was asked, in milliseconds: the slowest but 5 %. */
  p95(): number
  stop(): Promise<void>
}

/** People at a school on an ordinary morning: they read, and some write, each with pauses between. */
export function gather(
  { url, host }: { readonly url: string; readonly host: string },
  readers: readonly Reader[],
  writers: readonly Writer[]
): Crowd {
  let open = true
  let took: number[] = []
  const timed = async (work: () => Promise<void>): Promise<void> => {
    const began = performance.now()
    await work()
    took.push(performance.now() - began)
  }
  const read = async (path: string, authorization: string): Promise<void> => {
    const answer = await fetch(`${url}/api/v1${path}`, { headers: { authorization, 'x-lyceum-tenant': host } })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  }
  const repeat = async (everyMs: number, work: () => Promise<void>): Promise<void> => {
    await sleep(Math.random() * everyMs)
    while (open) {
      await work()
      await sleep(everyMs)
    }
  }
  const works = [
    ...readers.flatMap(({ authorization, courseId }) => [
      repeat(READ_EVERY_MS, () => timed(() => read('/dashboard', authorization))),
      repeat(READ_EVERY_MS, () => timed(() => read(`/courses/${courseId}/home`, authorization)))
    ]),
    ...writers.map(({ step }) => repeat(WRITE_EVERY_MS, step))
  ]
  return {
    p95: () => {
      const sorted = took.sort((a, b) => a - b)
      took = []
      return sorted[Math.floor(sorted.length * 0.95)] ?? 0
    },
    stop: async () => {
      open = false
      await Promise.all(works)
    }
  }
}
