import { Gauge, type Registry } from 'prom-client'
import type { EventBus } from '../events/event-bus.ts'
import { askedSeldom } from './in-time.ts'
import type { QueueDepth } from './queue-depth.ts'

/** What cannot be measured now is left out: an old number would look like a good one. */
export function watchQueue(registry: Registry, ask: (() => Promise<QueueDepth>) | undefined): void {
  const depth = ask ? askedSeldom(ask) : async () => undefined
  const gauge = (name: string, help: string, read: (depth: QueueDepth) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const found = await depth()
        if (found) this.set(read(found))
        else this.remove()
      }
    })
  new Gauge({
    name: 'lyceum_jobs',
    help: 'Jobs of the installation by state; waiting counts what is due',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const [state, count] of Object.entries((await depth())?.jobs ?? {})) this.set({ state }, count)
    }
  })
  new Gauge({
    name: 'lyceum_jobs_of_task',
    help: 'The same by what they do',
    labelNames: ['task', 'state'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { task, jobs } of (await depth())?.tasks ?? [])
        for (const [state, count] of Object.entries(jobs)) this.set({ task, state }, count)
    }
  })
  new Gauge({
    name: 'lyceum_jobs_of_task_oldest_seconds',
    help: 'How long the oldest due job of its kind has waited',
    labelNames: ['task'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { task, oldestSeconds } of (await depth())?.tasks ?? []) this.set({ task }, oldestSeconds)
    }
  })
  gauge('lyceum_jobs_oldest_seconds', 'How long the oldest due job has waited', (found) => found.oldestJobSeconds)
  gauge('lyceum_events_waiting', 'Events that were not handed on yet', (found) => found.eventsWaiting)
  gauge('lyceum_events_oldest_seconds', 'How long the oldest of them has waited', (found) => found.oldestEventSeconds)
  gauge(
    'lyceum_events_dead',
    'Reactions to events that were given up and wait for a person',
    (found) => found.eventsDead
  )
}

/** RabbitMQ as this process sees it. */
export function watchBroker(registry: Registry, bus: () => EventBus | undefined): void {
  const queues = askedSeldom(async () => bus()?.queues())
  new Gauge({
    name: 'lyceum_broker_up',
    help: 'Whether RabbitMQ takes events; left out where none is used',
    registers: [registry],
    collect() {
      const found = bus()
      if (found) this.set(found.ready ? 1 : 0)
      else this.remove()
    }
  })
  new Gauge({
    name: 'lyceum_broker_messages',
    help: 'Messages that lie in RabbitMQ, by queue: due, or waiting to be tried again',
    labelNames: ['queue', 'state'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { queue, state, messages } of (await queues()) ?? []) this.inc({ queue, state }, messages)
    }
  })
  new Gauge({
    name: 'lyceum_broker_consumers',
    help: 'Processes that take messages from a queue',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { queue, state, consumers } of (await queues()) ?? [])
        if (state === 'due') this.set({ queue }, consumers)
    }
  })
}
