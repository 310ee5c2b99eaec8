import { defineContract, defineEvent } from '@lyceum/platform/contract'
import { listDeadLetters, replayDeadLetters } from '@lyceum/platform/dead-letters'
import { type EventBus, openEventBus } from '@lyceum/platform/event-bus'
import { newId } from '@lyceum/platform/id'
import { defineModule, on } from '@lyceum/platform/module'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { pino } from 'pino'
import { Connection } from 'rabbitmq-client'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hasRabbit, type RabbitServer, startRabbit } from '../platform/src/events/testing/rabbit-server.ts'

/** Long enough for a broker that was killed to come back on a busy machine. */
const PATIENCE = { timeout: 60_000, interval: 100 }

describe.skipIf(!hasRabbit())('events through RabbitMQ', { timeout: 180_000 }, () => {
  let rabbit: RabbitServer
  let server: TestServer
  beforeAll(async () => {
    rabbit = await startRabbit()
    server = await startTestServer({ inline: false, env: { RABBITMQ_URL: rabbit.url } })
    await server.worker.start()
  }, 120_000)
  afterAll(async () => {
    await server?.close()
    await rabbit?.close()
  }, 60_000)

  const newCourse = async () => {
    const school = await server.newSchool()
    const [teacher, learner] = [await school.person('teacher', 'tea'), await school.person('learner', 'lea')]
    const course = await teacher.api.course.createCourse({ title: 'Rabbits' })
    return { school, teacher, learner, courseId: course.id }
  }
  const events = async (tenantId: string) => {
    const { rows } = await server.owner.query<{ id: string; name: string; relayed: boolean; handled: string[] }>(
      `select id, name, relayed_at is not null as relayed,
              array(select subscriber from platform.inbox where event_id = id) as handled
       from platform.outbox where tenant_id = $1 order by id`,
      [tenantId]
    )
    return rows
  }
  const jobs = async () => {
    const { rows } = await server.worker.pool.query<{ count: number }>(
      `select count(*)::int as count from graphile_worker._private_jobs job
       join graphile_worker._private_tasks task on task.id = job.task_id where task.identifier = 'platform.react'`
    )
    return rows[0]?.count
  }

  it('reach every module that hears them, once, without a job in the database', async () => {
    const { school, teacher, learner, courseId } = await newCourse()
    await teacher.api.course.publishCourse({ courseId })
    await teacher.api.course.enrolPeople({ courseId, role: 'learner', people: [{ email: learner.email }] })
    await vi.waitFor(async () => {
      const enrolled = (await events(school.id)).filter(({ name }) => name === 'course.learner-enrolled')
      expect(enrolled).toMatchObject([{ relayed: true, handled: ['notification'] }])
    }, PATIENCE)
    expect(await jobs()).toBe(0)
    expect((await learner.api.notification.listNotifications({})).entries).toHaveLength(1)
  })

  it('say how many lie in each queue, and who takes them', async () => {
    // Whoever runs jobs is connected to the broker.
    const measured = async () => (await server.background.app.inject('/metrics')).body
    await vi.waitFor(
      async () => expect(await measured()).toMatch(/^lyceum_broker_consumers\{queue="course"/m),
      PATIENCE
    )
    const lying = new Connection(rabbit.url)
    const publisher = lying.createPublisher({ confirm: true })
    await publisher.send({ routingKey: 'lyceum.course.again-3600000', durable: true }, 'a message that waits')
    // Asked at most every five seconds.
    await vi.waitFor(async () => {
      const body = await measured()
      expect(body).toContain('lyceum_broker_up{release="test"} 1')
      expect(body).toContain('lyceum_broker_messages{queue="course",state="retrying",release="test"} 1')
      expect(body).toContain('lyceum_broker_messages{queue="dead",state="due",release="test"} 0')
      expect(body).toContain('lyceum_broker_consumers{queue="notification",release="test"} 1')
    }, PATIENCE)
    await lying.queuePurge('lyceum.course.again-3600000')
    await publisher.close()
    await lying.close()
  })

  it.each(['kill', 'freeze'] as const)(
    'lose nothing while the broker is away (%s), and go on by themselves',
    async (how) => {
      const { school, teacher, learner, courseId } = await newCourse()
      await teacher.api.course.publishCourse({ courseId })
      await vi.waitFor(
        async () => expect((await events(school.id)).every(({ relayed }) => relayed)).toBe(true),
        PATIENCE
      )
      await rabbit[how]()
      await teacher.api.course.enrolPeople({ courseId, role: 'learner', people: [{ email: learner.email }] })
      await vi.waitFor(
        async () =>
          expect((await server.background.health.checks()).find(({ name }) => name === 'rabbitmq')).toMatchObject({
            ok: false,
            message: expect.stringContaining('Events wait in the database')
          }),
        PATIENCE
      )
      expect((await events(school.id)).at(-1)).toMatchObject({ relayed: false, handled: [] })
      if (how === 'kill') await rabbit.start()
      else rabbit.thaw()
      await vi.waitFor(
        async () =>
          expect((await events(school.id)).at(-1)).toMatchObject({ relayed: true, handled: ['notification'] }),
        PATIENCE
      )
      expect((await learner.api.notification.listNotifications({})).entries).toHaveLength(1)
    }
  )

  it('are done once although they come twice', async () => {
    const { school, teacher, learner, courseId } = await newCourse()
    await teacher.api.course.publishCourse({ courseId })
    await teacher.api.course.enrolPeople({ courseId, role: 'learner', people: [{ email: learner.email }] })
    const handled = async () => expect((await events(school.id)).at(-1)).toMatchObject({ handled: ['notification'] })
    await vi.waitFor(handled, PATIENCE)
    await server.owner.query(`update platform.outbox set relayed_at = null where tenant_id = $1`, [school.id])
    await vi.waitFor(async () => expect((await events(school.id)).every(({ relayed }) => relayed)).toBe(true), PATIENCE)
    const queue = new Connection(rabbit.url)
    await vi.waitFor(
      async () =>
        expect((await queue.queueDeclare({ queue: 'lyceum.notification', passive: true })).messageCount).toBe(0),
      PATIENCE
    )
    await queue.close()
    expect((await learner.api.notification.listNotifications({})).entries).toHaveLength(1)
  })

  describe('that a module cannot react to', () => {
    const Told = defineEvent('tried.thing-told', Type.Object({ text: Type.String() }))
    const Newer = defineEvent('tried.thing-renewed', Type.Object({}), { v: 2 })
    const OldNewer = defineEvent('tried.thing-renewed', Type.Object({}))
    const opened: EventBus[] = []
    afterAll(async () => {
      for (const bus of opened) await bus.close()
    })
    const busOf = (event: typeof Told | typeof Newer | typeof OldNewer, pausesMs = [50, 100]) => {
      const contract = defineContract({ module: 'tried', operations: {} })
      const module = defineModule<typeof contract, unknown>({
        contract,
        operations: {},
        subscriptions: [on(event, async () => undefined)]
      })
      const bus = openEventBus({
        url: rabbit.url,
        modules: [module],
        release: 'dev',
        log: pino({ level: 'silent' }),
        concurrency: 2,
        attempts: 3,
        pausesMs
      })
      opened.push(bus)
      return bus
    }
    const told = (type: string, tenantId: string) => ({
      id: newId(),
      type,
      tenantId,
      occurredAt: new Date().toISOString(),
      payload: { text: 'hello' }
    })

    it('are tried again after pauses, then seen and replayed where dead jobs are', async () => {
      const school = await server.newSchool()
      const administrator = await school.person('administrator', 'ada')
      const bus = busOf(Told)
      const event = told(Told.name, school.id)
      const tries: string[] = []
      const buried: string[] = []
      bus.consume({
        react: async (_, { eventId }) => {
          tries.push(eventId)
          throw new Error('the reaction is broken')
        },
        bury: async (tenantId, reaction, lastError) => {
          buried.push(lastError)
          const { buryEvent } = await import('@lyceum/platform/dead-letters')
          // Twice, as when the process ends before it has told the broker.
          await buryEvent(server.worker.pool, tenantId, { ...reaction, subscriber: 'notification' }, lastError)
          await buryEvent(server.worker.pool, tenantId, { ...reaction, subscriber: 'notification' }, lastError)
        }
      })
      await bus.publish([event])
      await vi.waitFor(() => expect(buried).toEqual(['the reaction is broken']), PATIENCE)
      expect(tries).toEqual([event.id, event.id, event.id])

      const seen = await administrator.api.system.listJobs({ state: 'dead' })
      expect(seen.entries).toMatchObject([
        { lastError: 'the reaction is broken', event: { name: Told.name, subscriber: 'notification' } }
      ])
      const [letter] = await listDeadLetters(server.worker.pool, school.id)
      expect(letter).toMatchObject({ eventId: event.id, tenantId: school.id, name: Told.name })
      expect(await listDeadLetters(server.worker.pool, newId())).toEqual([])
      expect(await replayDeadLetters(server.worker.pool, newId())).toBe(0)
      expect(await replayDeadLetters(server.worker.pool, school.id, [letter?.id ?? ''])).toBe(1)
      expect(await listDeadLetters(server.worker.pool, school.id)).toEqual([])
      // Nobody hears this event, which the queue finds out by itself now.
      await vi.waitFor(async () => {
        const { entries } = await administrator.api.system.listJobs({})
        expect(entries[0]?.lastError).toMatch(/no longer subscribes/)
      }, PATIENCE)
    })

    it('wait for a newer process where they are newer than this one, however long that takes', async () => {
      const tenantId = newId()
      const newer = busOf(Newer)
      await newer.publish([told(Newer.name, tenantId)])
      const older = busOf(OldNewer)
      const never = vi.fn(async () => undefined)
      older.consume({ react: never, bury: never })
      const waiting = new Connection(rabbit.url)
      opened.push(older)
      await vi.waitFor(async () => {
        const { messageCount } = await waiting.queueDeclare({ queue: 'lyceum.tried.again-100', passive: true })
        expect(messageCount).toBe(1)
      }, PATIENCE)
      await older.close()
      const reacted = vi.fn(async () => undefined)
      newer.consume({ react: reacted, bury: never })
      await vi.waitFor(() => expect(reacted).toHaveBeenCalledOnce(), PATIENCE)
      expect(never).not.toHaveBeenCalled()
      await waiting.close()
    })
  })
})
