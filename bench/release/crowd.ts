import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from './ledger.ts'
import { type Answer, type Door, Person, type Sending } from './person.ts'

export interface SignIn {
  readonly email: string
  readonly password: string
}

export interface CrowdOptions {
  readonly door: Door
  readonly ledger: Ledger
  readonly teacher: SignIn
  readonly operator: SignIn
  /** How many of each kind. */
  readonly people: {
    readonly readers: number
    readonly writers: number
    readonly slow: number
    readonly uploaders: number
    readonly sockets: number
    readonly streams: number
    readonly pinned: number
  }
}

export interface Crowd {
  /** Ends the pins, as handing in an attempt does. */
  unpin(): Promise<void>
  /** Everybody finishes what they are doing and goes. */
  leave(): Promise<void>
}

const PIECE = 48 * 1024
const TUS = { 'tus-resumable': '1.0.0' }
const SLOW_MS = 4_000
/** Buckets this far apart are spread evenly, however few people there are; the first one is in every share. */
const SPREAD = 6_180.34

/** People at work, each doing the next thing when the one before is done, until they are sent home. */
export async function openCrowd({ door, ledger, teacher, operator, people }: CrowdOptions): Promise<Crowd> {
  let open = true
  let pinning = true
  const token = async ({ email, password }: SignIn): Promise<string | undefined> => {
    const person = new Person(door)
    await person.signIn(email, password)
    person.leave()
    return person.token
  }
  const [teacherToken, operatorToken] = [await token(teacher), await token(operator)]
  const everybody: Person[] = []
  const arrive = (signedInAs = teacherToken): Person => {
    const person = new Person(door, Math.round(everybody.length * SPREAD) % 10_000)
    person.token = signedInAs
    everybody.push(person)
    return person
  }

  /** @returns undefined where it did not work, which is written down */
  const tryTo = async (
    person: Person,
    what: string,
    sending: Sending,
    good: readonly number[]
  ): Promise<Answer | undefined> => {
    const since = performance.now()
    try {
      const answer = await person.send(sending)
      if (good.includes(answer.status)) {
        ledger.answered(since)
        return answer
      }
      ledger.failed(what, `${answer.status} by ${answer.release || 'the proxy'} ${answer.body.slice(0, 200)}`)
    } catch (error) {
      ledger.failed(
        what,
        `${error instanceof Error ? error.message : String(error)} after ${Math.round(performance.now() - since)} ms`
      )
    }
    return undefined
  }

  const repeat = (times: number, arriveAs: () => Person, step: (person: Person) => Promise<unknown>): Promise<void>[] =>
    Array.from({ length: times }, async () => {
      const person = arriveAs()
      while (open) {
        await step(person)
        await sleep(20 + Math.random() * 60)
      }
    })

  const read = async (person: Person) => {
    for (const path of ['/api/v1/me', '/api/v1/dashboard', '/sign-in'])
      await tryTo(person, `GET ${path}`, { path }, [200, 304])
  }
  const create = async (person: Person, trickle?: Sending['trickle']) => {
    const title = `Release ${randomUUID()}`
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
    const sending: Sending = {
      method: 'POST',
      path: '/api/v1/courses',
      headers,
      body: JSON.stringify({ title, description: trickle ? 'slow '.repeat(400) : '' }),
      ...(trickle ? { trickle } : {})
    }
    const answer = await tryTo(person, trickle ? 'slow POST' : 'POST', sending, [201])
    if (answer) ledger.acceptedCourses.push(title)
    else ledger.unanswered.push(title)
  }
  const upload = async (person: Person) => {
    const bytes = randomBytes(4 * PIECE)
    const announced = await tryTo(
      person,
      'upload',
      {
        method: 'POST',
        path: '/api/v1/uploads',
        headers: { ...TUS, 'upload-length': String(bytes.length), 'upload-metadata': `filename ${btoa('notes.bin')}` }
      },
      [201]
    )
    const path = new URL(announced?.headers.location ?? '', door.url).pathname
    if (!announced) return
    for (let offset = 0; offset < bytes.length; offset += PIECE) {
      const headers = { ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) }
      const piece = {
        method: 'PATCH',
        path,
        headers,
        body: bytes.subarray(offset, offset + PIECE),
        trickle: { pieces: 4, overMs: 1_500 }
      } as const
      if (!(await tryTo(person, 'piece of an upload', piece, [204]))) return
    }
    ledger.acceptedUploads.push(path.slice(path.lastIndexOf('/') + 1))
  }
  const pinned = async (person: Person) => {
    const answer = await tryTo(
      person,
      'pin',
      {
        method: 'PUT',
        path: '/api/v1/system/pin',
        headers: { 'content-type': 'application/json' },
        body: '{"minutes":30}'
      },
      [200]
    )
    const release = answer?.release
    while (open && pinning) {
      const found = await tryTo(person, 'GET as somebody pinned', { path: '/api/v1/me' }, [200])
      if (found && found.release !== release) ledger.pinsBroken++
      await sleep(30)
    }
    await tryTo(person, 'unpin', { method: 'DELETE', path: '/api/v1/system/pin' }, [200])
  }

  const works = [
    ...repeat(people.readers, arrive, read),
    ...repeat(people.writers, arrive, (person) => create(person)),
    ...repeat(people.slow, arrive, (person) => create(person, { pieces: 8, overMs: SLOW_MS })),
    ...repeat(people.uploaders, arrive, upload),
    ...Array.from({ length: people.sockets }, () => listen(arrive(), ledger, () => open, socketOf)),
    ...Array.from({ length: people.streams }, () => listen(arrive(), ledger, () => open, streamOf))
  ]
  const pins = Array.from({ length: people.pinned }, () => pinned(arrive(operatorToken)))
  return {
    unpin: async () => {
      pinning = false
      await Promise.all(pins)
    },
    leave: async () => {
      open = false
      await Promise.all([...works, ...pins])
      for (const person of everybody) person.leave()
    }
  }
}

interface Line {
  /** Ends with what the process asked for last: milliseconds until one should come again, or undefined. */
  readonly ended: Promise<{ readonly asked: number | undefined; readonly properly: boolean }>
  end(): void
}

/** Keeps a live connection, comes again when asked to, and writes down when it was cut instead. */
async function listen(
  person: Person,
  ledger: Ledger,
  open: () => boolean,
  connect: (person: Person) => Promise<Line>
): Promise<void> {
  while (open()) {
    const since = performance.now()
    let line: Line
    try {
      line = await connect(person)
      ledger.answered(since)
    } catch (error) {
      ledger.failed('live connection', error instanceof Error ? error.message : String(error))
      await sleep(200)
      continue
    }
    const closing = setInterval(() => {
      if (!open()) line.end()
    }, 100)
    const { asked, properly } = await line.ended
    clearInterval(closing)
    if (!open()) return
    if (asked === undefined || !properly) ledger.socketsCut++
    else ledger.reconnects++
  }
}

const askedIn = (text: string): number | undefined => {
  const [, afterMs] = /"type":"reconnect","afterMs":(\d+)/.exec(text) ?? []
  return afterMs === undefined ? undefined : Number(afterMs)
}

async function socketOf(person: Person): Promise<Line> {
  const socket = person.openSocket()
  let asked: number | undefined
  socket.on('message', (data) => {
    asked ??= askedIn(String(data))
    if (asked !== undefined) setTimeout(() => socket.close(1000), asked)
  })
  const ended = once(socket, 'close').then(([code]) => ({ asked, properly: code === 1000 || code === 1012 }))
  ended.catch(() => undefined)
  await once(socket, 'open')
  socket.on('error', () => undefined)
  return { ended, end: () => socket.close(1000) }
}

async function streamOf(person: Person): Promise<Line> {
  const stream = await person.openEvents()
  if (stream.statusCode !== 200) throw new Error(`the stream was answered with ${stream.statusCode}`)
  let asked: number | undefined
  let leaving = false
  stream.on('data', (chunk: Buffer) => {
    asked ??= askedIn(chunk.toString())
    if (asked !== undefined)
      setTimeout(() => {
        leaving = true
        stream.destroy()
      }, asked)
  })
  stream.on('error', () => undefined)
  const ended = once(stream, 'close').then(
    () => ({ asked, properly: leaving || stream.complete }),
    () => ({ asked, properly: leaving })
  )
  return { ended, end: () => stream.destroy() }
}
