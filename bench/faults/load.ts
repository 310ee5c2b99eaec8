import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { School } from './fleet.ts'
import { Ledger } from './ledger.ts'

const READERS = 4
const WRITERS = 3
/** Administrators that the load needs: readers, writers, and one who enrols. */
export const PEOPLE = READERS + WRITERS + 1
const PATIENCE_MS = 10_000
const PAUSE_MS = 20
const AGAIN_MS = 100

export interface Load {
  readonly ledger: Ledger
  /** Everybody gets the receipt for what they sent last, and goes. */
  stop(): Promise<void>
  /** At once, without. */
  giveUp(): void
}

/** People at work, each doing the next thing when the one before is done. */
export async function startLoad(url: string, { slug, people, learners }: School): Promise<Load> {
  const ledger = new Ledger()
  let open = true
  let given = false

  const visitor = (token: string) => {
    let seen = '0/0'
    /** @returns undefined for what did not work, which is written down */
    return async (method: 'GET' | 'POST' | 'PUT', path: string, body?: object, key?: string): Promise<unknown> => {
      try {
        const answer = await fetch(`${url}/api/v1${path}`, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            'x-lyceum-tenant': slug,
            'x-lyceum-seen': seen,
            ...(body ? { 'content-type': 'application/json' } : {}),
            ...(key ? { 'idempotency-key': key } : {})
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
          signal: AbortSignal.timeout(PATIENCE_MS)
        })
        seen = answer.headers.get('x-lyceum-seen') ?? seen
        const text = await answer.text()
        if (!answer.ok) ledger.failed(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`)
        else ledger.answers++
        return answer.ok ? JSON.parse(text) : undefined
      } catch (error) {
        ledger.failed(`${method} ${path}: ${error instanceof Error ? error.message : String(error)}`)
        return undefined
      }
    }
  }
  type Send = ReturnType<typeof visitor>
  /** The very same request, until there is a receipt for it. */
  const insist = async (send: Send, path: string, body: object): Promise<unknown> => {
    const key = randomUUID()
    for (;;) {
      const answer = await send('POST', path, body, key)
      if (answer !== undefined || given) return answer
      await sleep(AGAIN_MS)
    }
  }
  const repeat = async (step: () => Promise<unknown>): Promise<void> => {
    while (open) {
      await step()
      await sleep(PAUSE_MS)
    }
  }

  const read = (send: Send) => async () => {
    await send('GET', '/me')
    await send('GET', '/dashboard')
    await send('GET', '/courses?limit=20')
  }
  const create = (send: Send) => async () => {
    const title = `Fault ${randomUUID()}`
    await insist(send, '/courses', { title })
    ledger.courses.push(title)
    const found = await send('GET', `/courses?search=${encodeURIComponent(title)}`)
    if (found !== undefined && !JSON.stringify(found).includes(title)) ledger.stale++
  }
  const enrol = (send: Send, courseId: string) => async () => {
    const email = learners[enrolledSoFar++]
    if (email === undefined) return
    await insist(send, `/courses/${courseId}/enrolments`, { role: 'learner', people: [{ email }] })
    ledger.enrolled.push(email)
  }

  const [registrar = '', ...others] = people
  const begin = visitor(registrar)
  const courseId = idOf(await insist(begin, '/courses', { title: 'Taken by many' }))
  await begin('PUT', `/courses/${courseId}/publication`, {})
  const works = [
    repeat(enrol(begin, courseId)),
    ...others.map((token, at) => repeat(at < WRITERS ? create(visitor(token)) : read(visitor(token))))
  ]
  return {
    ledger,
    giveUp: () => {
      open = false
      given = true
    },
    stop: async () => {
      open = false
      await Promise.all(works)
    }
  }
}

/** Nobody is enrolled twice in the life of a school. */
let enrolledSoFar = 0

function idOf(answer: unknown): string {
  const id = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : undefined
  if (typeof id !== 'string') throw new Error(`The answer has no id: ${JSON.stringify(answer)}`)
  return id
}
