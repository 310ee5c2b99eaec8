import { newId } from '@lyceum/platform/id'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  ask,
  lookInto,
  openWorkshop,
  restore,
  startInstallation,
  TENANT,
  type Workshop
} from '../../../../platform/src/backup/testing/installation.ts'
import { type AfterRestore, afterRestore } from './after-restore.ts'

let workshop: Workshop
let home: string
let after: AfterRestore
const [waiting, sent, untold, unheard, other] = [newId(), newId(), newId(), newId(), newId()]

const job = (task: string, payload: object, more = '') =>
  `select graphile_worker.add_job('${task}', '${JSON.stringify({ tenantId: TENANT, payload })}'::json, max_attempts => 12${more})`
const event = (id: string, name: string, relayed: string) =>
  `insert into platform.outbox (tenant_id, id, name, payload, occurred_at, relayed_at) values ('${TENANT}', '${id}', '${name}', '{}', now(), ${relayed})`
const mail = (id: string, state: string) =>
  `insert into notification.mail (tenant_id, id, template, locale, "to", name, subject, text, html, state, created_at)
   values ('${TENANT}', '${id}', 'invitation', 'en', 'a@x.example', 'A', 's', 't', 'h', '${state}', now())`
const reaction = (eventId: string, name: string) => ({ eventId, name, subscriber: 'notification', payload: {} })

beforeAll(async () => {
  workshop = await openWorkshop()
  const installation = await startInstallation(workshop)
  for (const sql of [
    mail(waiting, 'waiting'),
    mail(sent, 'sent'),
    job('notification.send-mail', { mailId: waiting }, `, job_key => 'mail:${waiting}'`),
    event(untold, 'user.mail-requested', 'null'),
    event(unheard, 'user.mail-requested', 'now()'),
    job('platform.react', reaction(unheard, 'user.mail-requested')),
    event(other, 'course.learner-enrolled', 'null'),
    job('platform.react', reaction(newId(), 'course.learner-enrolled')),
    `update graphile_worker._private_jobs set locked_at = now(), locked_by = 'worker-that-is-gone', attempts = 1
     where payload->'payload'->>'name' = 'course.learner-enrolled'`
  ])
    await installation.ask(sql)
  await installation.backUp('full')
  await installation.stop()
  home = workshop.path()
  await restore(installation, { kind: 'latest' }, { into: home })
  after = await afterRestore(home, { record: null, copyOf: null, broker: false, now: new Date() })
}, 240_000)
afterAll(() => workshop.close())

it('holds what may have left the house since, and does the rest again', { timeout: 60_000 }, async () => {
  expect(after.work).toEqual({ returnedJobs: 1, heldReactions: 2, heldMail: 1, handedOverAgain: 0 })
  await lookInto(home, async (url) => {
    expect(
      await ask(url, `select id, state, error like '%may have left%' as why from notification.mail order by id`)
    ).toEqual([
      { id: waiting, state: 'held', why: true },
      { id: sent, state: 'sent', why: null }
    ])
    expect(await ask(url, `select id from graphile_worker._private_jobs where key like 'mail:%'`)).toEqual([])
    const jobs = `select payload->'payload'->>'eventId' as event, payload->'payload'->>'name' as name, attempts >= max_attempts as dead,
        last_error like '%lyceum events replay%' as why, locked_by from graphile_worker._private_jobs order by 2, 1`
    expect(await ask(url, jobs)).toEqual([
      { event: expect.any(String), name: 'course.learner-enrolled', dead: false, why: null, locked_by: null },
      { event: untold, name: 'user.mail-requested', dead: true, why: true, locked_by: null },
      { event: unheard, name: 'user.mail-requested', dead: true, why: true, locked_by: null }
    ])
    expect(await ask(url, 'select id from platform.outbox where relayed_at is null')).toEqual([{ id: other }])
  })
})

it('hands events to a broker again, whose queues are in no backup', { timeout: 60_000 }, async () => {
  const again = await afterRestore(home, { record: null, copyOf: null, broker: true, now: new Date() })
  expect(again.work).toMatchObject({ returnedJobs: 0, heldMail: 0, handedOverAgain: 0 })
  await lookInto(home, (url) =>
    ask(url, `update platform.outbox set relayed_at = now() where name = 'course.learner-enrolled'`)
  )
  const more = await afterRestore(home, { record: null, copyOf: null, broker: true, now: new Date() })
  expect(more.work).toMatchObject({ handedOverAgain: 1, heldReactions: 0 })
})

it('leaves a copy as it was: nothing leaves it', { timeout: 60_000 }, async () => {
  const copy = await afterRestore(home, { record: null, copyOf: 'a set', broker: false, now: new Date() })
  expect(copy.work).toBeNull()
})
