import { setTimeout as sleep } from 'node:timers/promises'
import { type AsyncMessage, Connection, ConsumerStatus, type Publisher, type PublisherProps } from 'rabbitmq-client'
import type { EventType } from '../contract/contract.ts'
import type { Reaction } from '../jobs/reaction.ts'
import type { Module } from '../module/module.ts'
import type { Log } from '../observability/log.ts'
import { type Envelope, judge, readEnvelope } from './envelope.ts'

/** Pauses before the next attempts; the last one is repeated. With twelve attempts about seven hours. */
const PAUSES_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000]
const ATTEMPTS = 12
/** Deliveries of one message that ended with their process, after which the message is to blame. */
const DELIVERIES = 20
/** A broker that confirms nothing for this long has not taken the events; they are sent again. */
const CONFIRM_MS = 10_000

export interface EventBusOptions {
  readonly url: string
  readonly modules: readonly Module[]
  readonly release: string
  readonly log: Log
  /** Reactions of one module at once. */
  readonly concurrency: number
  readonly attempts?: number
  readonly pausesMs?: readonly number[]
}

export interface BusHandlers {
  /** @throws what went wrong: it is tried again later */
  readonly react: (tenantId: string, reaction: Reaction) => Promise<void>
  /** Puts away what was tried often enough, where people find it. */
  readonly bury: (tenantId: string, reaction: Reaction, lastError: string) => Promise<void>
}

export interface QueueState {
  /** A module's name, or `dead` for what the broker gave up. */
  readonly queue: string
  readonly state: 'due' | 'retrying'
  readonly messages: number
  readonly consumers: number
}

export interface EventBus {
  /** Whether events can be handed over now. */
  readonly ready: boolean
  /** Called whenever the broker is there (again). */
  onReady(heard: () => void): void
  /** Resolves when the broker has every event on disk, in the queue of every module that hears it. */
  publish(events: readonly Omit<Envelope, 'v' | 'minRelease'>[]): Promise<void>
  consume(handlers: BusHandlers): void
  /** What lies in the broker now; asks it for each queue. @throws while it is away */
  queues(): Promise<readonly QueueState[]>
  /** For health: throws what is wrong, in words. */
  check(): Promise<void>
  /** Takes no more events; those being reacted to finish. */
  close(): Promise<void>
}

const EXCHANGE = 'lyceum.events'
const DEAD = 'lyceum.dead'
const ATTEMPT = 'x-lyceum-attempt'
const queueOf = (module: string): string => `lyceum.${module}`
const pauseOf = (module: string, milliseconds: number): string => `lyceum.${module}.again-${milliseconds}`

/**
 * Hands events on through RabbitMQ: one exchange, a quorum queue for each module that hears something, and beside each of
 * them queues in which an event waits before it is tried again.
 */
export function openEventBus(options: EventBusOptions): EventBus {
  const { url, modules, release, log, concurrency, attempts = ATTEMPTS, pausesMs = PAUSES_MS } = options
  const rabbit = new Connection({
    url,
    connectionName: `lyceum ${release}`,
    // A broker that hangs is found out after two of these.
    heartbeat: 10,
    acquireTimeout: 5_000,
    connectionTimeout: 5_000,
    retryLow: 500,
    retryHigh: 10_000
  })
  const hearing = modules.filter(({ subscriptions }) => subscriptions.length > 0)
  const known = new Map<string, EventType>(
    modules.flatMap(({ subscriptions }) => subscriptions.map(({ event }) => [event.name, event]))
  )
  const publisher = rabbit.createPublisher({ confirm: true, ...topology(hearing, pausesMs) })
  const returns: (() => void)[] = []
  const closing: (() => Promise<void>)[] = []
  let away = false
  let lastFault = 'it was never reached'

  rabbit.on('error', (error: unknown) => {
    lastFault = error instanceof Error ? error.message : String(error)
    if (!away) log.warn({ err: error }, 'RabbitMQ does not answer; events wait in the database')
    away = true
  })
  rabbit.on('connection', () => {
    if (away) log.info('RabbitMQ answers again')
    away = false
    for (const heard of returns) heard()
  })

  const consumeFor = (module: Module, handlers: BusHandlers): void => {
    const name = module.contract.module
    const events = new Map(module.subscriptions.map(({ event }) => [event.name, event]))
    const consumer = rabbit.createConsumer(
      {
        queue: queueOf(name),
        queueOptions: queueOfModule(name),
        concurrency,
        qos: { prefetchCount: concurrency * 2 },
        exchanges: EXCHANGES,
        queueBindings: bindingsOf(module)
      },
      (message) => take(message, { name, events, handlers })
    )
    consumer.on('error', (error: unknown) => log.debug({ err: error }, 'taking events'))
    closing.push(() => consumer.close())
  }

  interface Taker {
    readonly name: string
    readonly events: ReadonlyMap<string, EventType>
    readonly handlers: BusHandlers
  }

  const take = async (message: AsyncMessage, { name, events, handlers }: Taker): Promise<ConsumerStatus> => {
    const envelope = readEnvelope(message.body)
    if (!envelope) {
      log.error(
        { routingKey: message.routingKey },
        'a message that is no event of ours lay in the queue; it is dropped'
      )
      return ConsumerStatus.ACK
    }
    const attempt = Number(message.headers?.[ATTEMPT] ?? 1)
    const verdict = judge(envelope, events.get(envelope.type), release)
    if (verdict === 'leave') {
      // No attempt is used up by being too old for an event.
      await again(name, envelope, attempt, pausesMs.at(1) ?? 0)
      return ConsumerStatus.ACK
    }
    const reaction = { eventId: envelope.id, name: envelope.type, subscriber: name, payload: envelope.payload }
    try {
      if (verdict === 'too-old')
        throw new Error(`The event is of version ${envelope.v}, which this release cannot read any more`)
      await handlers.react(envelope.tenantId, reaction)
      return ConsumerStatus.ACK
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      if (attempt < attempts && verdict === 'react')
        await again(name, envelope, attempt + 1, pausesMs.at(Math.min(attempt, pausesMs.length) - 1) ?? 0)
      else await buryOrWait(handlers, envelope, reaction, { attempt, words })
      return ConsumerStatus.ACK
    }
  }

  /** The message is only acknowledged after its copy lies in another queue: at worst there are two of it. */
  const again = (name: string, envelope: Envelope, attempt: number, pause: number): Promise<void> =>
    confirmed(
      publisher.send({ routingKey: pauseOf(name, pause), durable: true, headers: { [ATTEMPT]: attempt } }, envelope)
    )

  const buryOrWait = async (
    { bury }: BusHandlers,
    envelope: Envelope,
    reaction: Reaction,
    { attempt, words }: { readonly attempt: number; readonly words: string }
  ): Promise<void> => {
    try {
      await bury(envelope.tenantId, reaction, words)
    } catch (error) {
      log.warn({ err: error }, 'an event that was given up could not be put away; it waits in RabbitMQ')
      await again(reaction.subscriber, envelope, attempt, pausesMs.at(-1) ?? 0)
    }
  }

  /** What the broker itself gave up, because every process that took it ended. */
  const consumeDead = (handlers: BusHandlers): void => {
    const consumer = rabbit.createConsumer(
      { queue: DEAD, queueOptions: lasting(DEAD), concurrency: 1, qos: { prefetchCount: 1 } },
      async ({ body, headers }) => {
        const envelope = readEnvelope(body)
        const [, subscriber] = /^lyceum\.(.+)$/.exec(String(headers?.['x-first-death-queue'] ?? '')) ?? []
        if (!envelope || subscriber === undefined) {
          log.error('a dead message that is no event of ours is dropped')
          return ConsumerStatus.ACK
        }
        const reaction = { eventId: envelope.id, name: envelope.type, subscriber, payload: envelope.payload }
        const words = `${DELIVERIES} processes that reacted to it ended in the middle`
        await buryOrWait(handlers, envelope, reaction, { attempt: attempts, words })
        return ConsumerStatus.ACK
      }
    )
    consumer.on('error', (error: unknown) => log.debug({ err: error }, 'taking dead events'))
    closing.push(() => consumer.close())
  }

  return {
    get ready() {
      return rabbit.ready
    },
    onReady: (heard) => {
      returns.push(heard)
    },
    publish: async (events) => {
      await confirmed(Promise.all(events.map((event) => sendEvent(publisher, event, known.get(event.type)))))
    },
    consume: (handlers) => {
      for (const module of hearing) consumeFor(module, handlers)
      consumeDead(handlers)
    },
    queues: async () => {
      const asked = await Promise.allSettled(
        queuesOf(hearing, pausesMs).map(async ({ name, queue, state }) => {
          const { messageCount, consumerCount } = await rabbit.queueDeclare({ queue: name, passive: true })
          return { queue, state, messages: messageCount, consumers: consumerCount }
        })
      )
      // Some are not there before the first event was sent.
      const found = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
      const [refused] = asked.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
      if (found.length === 0 && refused !== undefined) throw refused
      return found
    },
    check: async () => {
      if (!rabbit.ready)
        throw new Error(`RabbitMQ does not answer (${lastFault}). Events wait in the database until it does.`)
    },
    close: async () => {
      // A broker that hangs gets no goodbye.
      await Promise.race([Promise.all(closing.map((close) => close())).then(() => publisher.close()), sleep(10_000)])
      await Promise.race([rabbit.close(), sleep(2_000)])
      rabbit.unsafeDestroy()
    }
  }
}

const sendEvent = (
  publisher: Publisher,
  event: Omit<Envelope, 'v' | 'minRelease'>,
  known: EventType | undefined
): Promise<void> => {
  const envelope: Envelope = { ...event, v: known?.v ?? 1, minRelease: known?.minRelease ?? null }
  return publisher.send(
    { exchange: EXCHANGE, routingKey: event.type, durable: true, messageId: event.id, appId: 'lyceum' },
    envelope
  )
}

async function confirmed(sending: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  try {
    await Promise.race([
      sending,
      sleep(CONFIRM_MS, undefined, { signal: over.signal }).then(() => {
        throw new Error(`RabbitMQ confirmed nothing for ${CONFIRM_MS / 1000} seconds`)
      })
    ])
  } finally {
    over.abort()
    sending.catch(() => undefined)
  }
}

type QueueArguments = NonNullable<NonNullable<PublisherProps['queues']>[number]['arguments']>

const EXCHANGES = [{ exchange: EXCHANGE, type: 'topic', durable: true }]

/** Declared by whoever sends, before anything is sent: the queues of all who hear an event are there. */
const topology = (hearing: readonly Module[], pausesMs: readonly number[]) => ({
  exchanges: EXCHANGES,
  queues: [
    lasting(DEAD),
    ...hearing.flatMap(({ contract: { module } }) => [
      queueOfModule(module),
      ...pausesMs.map((pause) =>
        lasting(pauseOf(module, pause), {
          'x-message-ttl': pause,
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': queueOf(module),
          'x-dead-letter-strategy': 'at-least-once',
          'x-overflow': 'reject-publish'
        })
      )
    ])
  ],
  queueBindings: hearing.flatMap(bindingsOf)
})

const queuesOf = (hearing: readonly Module[], pausesMs: readonly number[]) => [
  { name: DEAD, queue: 'dead', state: 'due' as const },
  ...hearing.flatMap(({ contract: { module } }) => [
    { name: queueOf(module), queue: module, state: 'due' as const },
    ...pausesMs.map((pause) => ({ name: pauseOf(module, pause), queue: module, state: 'retrying' as const }))
  ])
]

/** Quorum queues: on the disks of most nodes of a cluster before anything is confirmed. */
const lasting = (queue: string, more: QueueArguments = {}) => ({
  queue,
  durable: true,
  arguments: { ...more, 'x-queue-type': 'quorum' as const }
})

const queueOfModule = (module: string) =>
  lasting(queueOf(module), {
    'x-delivery-limit': DELIVERIES,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': DEAD
  })

const bindingsOf = ({ contract: { module }, subscriptions }: Module) =>
  subscriptions.map(({ event }) => ({ exchange: EXCHANGE, queue: queueOf(module), routingKey: event.name }))
