import { expect, it } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { createMetrics } from './metrics.ts'

const depth = {
  jobs: { waiting: 3, running: 1, retrying: 0, dead: 2 },
  tasks: [{ task: 'x.do', jobs: { waiting: 3, running: 1, retrying: 0, dead: 2 }, oldestSeconds: 61, lateSince: null }],
  oldestJobSeconds: 61,
  eventsWaiting: 5,
  oldestEventSeconds: 7,
  eventsDead: 2
}

it('says what waits, and asks at most every five seconds', async () => {
  let asked = 0
  const { registry } = createMetrics('r1', undefined, {
    queue: async () => {
      asked++
      return depth
    }
  })
  await registry.metrics()
  const text = await registry.metrics()
  expect(text).toContain('lyceum_jobs{state="waiting",release="r1"} 3')
  expect(text).toContain('lyceum_jobs{state="dead",release="r1"} 2')
  expect(text).toContain('lyceum_jobs_of_task{task="x.do",state="waiting",release="r1"} 3')
  expect(text).toContain('lyceum_jobs_of_task_oldest_seconds{task="x.do",release="r1"} 61')
  expect(text).toContain('lyceum_events_waiting{release="r1"} 5')
  expect(text).toContain('lyceum_events_dead{release="r1"} 2')
  expect(asked).toBe(1)
})

it('leaves out what it cannot measure, and says that the database is away', async () => {
  const database = openDatabase({
    url: 'postgres://nobody@127.0.0.1:1/none',
    max: 1,
    applicationName: 'test',
    prepare: false
  })
  const { registry } = createMetrics('r1', database, {
    queue: () => Promise.reject(new Error('away')),
    folder: '/nowhere/at/all'
  })
  const text = await registry.metrics()
  await database.close()
  expect(text).toContain('lyceum_database_up{release="r1"} 0')
  expect(text).not.toMatch(/^lyceum_(jobs|events_waiting|disk_used_ratio)\b.* \d/m)
})

it('keeps the number of schools it counts apart within bounds', async () => {
  const metrics = createMetrics('r1', undefined)
  const count = metrics.tenantCounter('lyceum_things_total', 'Things')
  for (let school = 0; school < 600; school++) count(`school-${school}`)
  count('school-1')
  const lines = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('lyceum_things_total{'))
  expect(lines.length).toBe(501)
  expect(lines).toContain('lyceum_things_total{tenant="other",release="r1"} 100')
  expect(lines).toContain('lyceum_things_total{tenant="school-1",release="r1"} 2')
})
