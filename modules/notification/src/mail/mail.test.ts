import { newId } from '@lyceum/platform/id'
import { freePort } from '@lyceum/platform/testing/free-port'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { MailRequested } from '@lyceum/user/contract'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type MailServer, type MailServerOptions, startMailServer } from '../testing/mail-server.ts'
import { countWaitingJobs, drainNextAttempts, type EventfulSchool, newEventfulSchool } from '../testing/school.ts'
import { ExpireMails } from './expire-mails.ts'
import { SendMail } from './send-mail.ts'

const DAY = 86_400_000
const link = 'https://school.example/invitations/secret-token'
const invitation = {
  template: 'invitation' as const,
  to: 'lina@school.example',
  name: 'Lina Haddad',
  locale: 'en',
  values: { schoolName: 'Greenfield', invitedBy: 'Amina', link }
}
const MAIL_FROM = 'Lyceum <no-reply@learn.example>'

let server: TestServer
let school: EventfulSchool

const mails = async () => {
  const { api } = await school.person('administrator')
  return (await api.notification.listMails({})).entries
}
const onlyMail = async () => {
  const [mail = expect.fail('there is no mail'), ...others] = await mails()
  expect(others).toEqual([])
  return mail
}
const retry = async (mailId: string) => {
  const { api } = await school.person('administrator')
  return api.notification.retryMail({ mailId })
}

describe('with a mail server', () => {
  let port: number
  let running: MailServer | undefined
  const mailServer = async (options: MailServerOptions = {}): Promise<MailServer> => {
    running = await startMailServer({ ...options, port })
    return running
  }

  beforeAll(async () => {
    port = await freePort()
    server = await startTestServer({ inline: false, env: { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM } })
  })
  beforeEach(async () => {
    school = await newEventfulSchool(server)
  })
  afterEach(async () => {
    await running?.close()
    running = undefined
    await server.owner.query('delete from graphile_worker._private_jobs')
    await server.owner.query('grant update on notification.mail to lyceum_notification')
  })
  afterAll(() => server.close())

  it('a requested mail is delivered once, and remembered without its secret', async () => {
    const { received } = await mailServer()
    await school.happen(MailRequested, invitation)
    expect(await countWaitingJobs(server)).toBe(0)

    expect(received).toHaveLength(1)
    const [{ recipients, mail } = expect.fail()] = received
    expect(recipients).toEqual(['lina@school.example'])
    expect(mail.subject).toBe('Your invitation to Greenfield')
    expect(mail.text).toContain(link)
    expect(mail.html).toContain(`href="${link}"`)

    const kept = await onlyMail()
    expect(kept).toMatchObject({ to: invitation.to, template: 'invitation', state: 'sent', error: null })
    expect(kept.sentAt).not.toBeNull()
    expect(kept.text).toContain('https://school.example/••••••')
    expect(mail.messageId).toBe(`<${kept.id}@learn.example>`)
    const { rows } = await server.owner.query('select * from notification.mail where id = $1', [kept.id])
    expect(JSON.stringify(rows)).not.toContain('secret-token')
  })

  it('is Arabic from right to left for those who read Arabic', async () => {
    const { received } = await mailServer()
    await school.happen(MailRequested, { ...invitation, locale: 'ar-EG', name: 'لينا حداد' })
    const [{ mail } = expect.fail()] = received
    expect(mail.subject).toBe('دعوتك إلى Greenfield')
    expect(mail.to).toEqual([expect.objectContaining({ name: 'لينا حداد' })])
    expect(mail.html).toContain('<html lang="ar" dir="rtl">')
    expect(mail.text).toContain('مرحبًا لينا حداد،')
  })

  it('cannot gain headers from the names in it', async () => {
    const { received } = await mailServer()
    const injection = 'Eve\r\nBcc: thief@evil.example\r\n\r\nHello'
    const values = { ...invitation.values, schoolName: injection, invitedBy: injection }
    await school.happen(MailRequested, { ...invitation, name: injection, values })
    const [{ recipients, mail } = expect.fail()] = received
    expect(recipients).toEqual(['lina@school.example'])
    expect(mail.headers.map(({ key }) => key)).not.toContain('bcc')
    expect(mail.subject).toBe('Your invitation to Eve Bcc: thief@evil.example Hello')
  })

  it('waits while the server is down and leaves when it is back', async () => {
    await school.happen(MailRequested, invitation)
    const waiting = await onlyMail()
    expect(waiting.state).toBe('waiting')
    expect(waiting.error).toContain('ECONNREFUSED')
    expect(waiting.text).not.toContain('secret-token')

    const { received } = await mailServer()
    await drainNextAttempts(server)
    expect(received).toHaveLength(1)
    expect(await onlyMail()).toMatchObject({ state: 'sent', error: null })
  })

  it('leaves at once when an administrator does not want to wait for the next attempt', async () => {
    await school.happen(MailRequested, invitation)
    expect(await countWaitingJobs(server)).toBe(1)
    const { received } = await mailServer()
    await retry((await onlyMail()).id)
    expect(await countWaitingJobs(server)).toBe(1)
    await server.worker.drain()
    expect(received).toHaveLength(1)
  })

  it('fails when the last attempt did, and can be tried again', async () => {
    await school.happen(MailRequested, invitation)
    await countWaitingJobs(server)
    await server.owner.query('update graphile_worker._private_jobs set max_attempts = attempts + 1')
    await drainNextAttempts(server)
    const failed = await onlyMail()
    expect(failed.state).toBe('failed')
    expect(failed.text).not.toContain('secret-token')

    const { received } = await mailServer()
    await retry(failed.id)
    await server.worker.drain()
    expect(received).toHaveLength(1)
    expect((await onlyMail()).state).toBe('sent')
  })

  it('fails at once when the server refuses it for good', async () => {
    await mailServer({ refuse: () => 550 })
    await school.happen(MailRequested, invitation)
    expect(await onlyMail()).toMatchObject({ state: 'failed', error: expect.stringContaining('550') })
    expect(await countWaitingJobs(server)).toBe(0)
  })

  it('is tried again when the server refuses it for now', async () => {
    await mailServer({ refuse: () => 451 })
    await school.happen(MailRequested, invitation)
    expect((await onlyMail()).state).toBe('waiting')
    expect(await countWaitingJobs(server)).toBe(1)
  })

  it('is not sent by two jobs at a time', async () => {
    const { received } = await mailServer({
      onArrival: async () => {
        if (received.length > 1) return
        await school.enqueue(SendMail, { mailId: (await onlyMail()).id })
        await server.worker.drain()
      }
    })
    await school.happen(MailRequested, invitation)
    await drainNextAttempts(server)
    expect(received).toHaveLength(1)
    expect((await onlyMail()).state).toBe('sent')
  })

  it('goes out again, with the same Message-ID, when nobody could write down that it had left', async () => {
    const { received } = await mailServer({
      onArrival: () => server.owner.query('revoke update on notification.mail from lyceum_notification')
    })
    await school.happen(MailRequested, invitation)
    await server.owner.query('grant update on notification.mail to lyceum_notification')
    expect(received).toHaveLength(1)
    expect((await onlyMail()).state).toBe('waiting')

    await drainNextAttempts(server)
    expect(received).toHaveLength(1)
    server.clock.advance(120_000)
    await drainNextAttempts(server)
    expect(received).toHaveLength(2)
    expect(new Set(received.map(({ mail }) => mail.messageId)).size).toBe(1)
  })

  it('does not leave with a link that has expired', async () => {
    const expiresAt = new Date(server.clock.now().getTime() + DAY).toISOString()
    await school.happen(MailRequested, { ...invitation, values: { ...invitation.values, expiresAt } })
    const { received } = await mailServer()
    server.clock.advance(DAY)
    await drainNextAttempts(server)
    expect(received).toHaveLength(0)
    expect(await onlyMail()).toMatchObject({ state: 'failed', error: expect.stringContaining('expired') })
  })

  it('is not sent twice by hand', async () => {
    await mailServer()
    await school.happen(MailRequested, invitation)
    await expect(retry((await onlyMail()).id)).rejects.toMatchObject({ status: 409, code: 'mail.already-sent' })
    await expect(retry(newId())).rejects.toMatchObject({ status: 404, code: 'mail.not-found' })
  })
})

describe('without a mail server', () => {
  beforeAll(async () => {
    server = await startTestServer({ inline: false, env: { MAIL_FROM } })
  })
  beforeEach(async () => {
    school = await newEventfulSchool(server)
  })
  afterAll(() => server.close())

  it('messages are held and readable, so that an administrator can pass the link on', async () => {
    await school.happen(MailRequested, invitation)
    const held = await onlyMail()
    expect(held).toMatchObject({ state: 'held', sentAt: null, error: null })
    expect(held.text).toContain(`\n${link}\n`)
    const { api } = await school.person('administrator')
    expect(await api.notification.getMailSettings({})).toEqual({ transport: 'held', from: MAIL_FROM })
  })

  it('are listed in pages from the newest to the oldest, and found by state and address', async () => {
    for (const name of ['amina', 'bilal', 'Carla', 'dina'])
      await school.happen(MailRequested, { ...invitation, to: `${name}@school.example` })
    const { notification } = (await school.person('administrator')).api
    const names = (entries: readonly { to: string }[]) => entries.map(({ to }) => to.split('@')[0])

    const first = await notification.listMails({ limit: 3 })
    expect(names(first.entries)).toEqual(['dina', 'Carla', 'bilal'])
    const cursor = first.nextCursor ?? expect.fail('there is a second page')
    const second = await notification.listMails({ limit: 3, cursor })
    expect(names(second.entries)).toEqual(['amina'])
    expect(second.nextCursor).toBeNull()

    expect(names((await notification.listMails({ to: 'carla@' })).entries)).toEqual(['Carla'])
    expect((await notification.listMails({ to: '%' })).entries).toEqual([])
    expect((await notification.listMails({ state: 'failed' })).entries).toEqual([])
    expect((await notification.listMails({ state: 'held' })).entries).toHaveLength(4)
  })

  it('are for administrators of that school alone', async () => {
    await school.happen(MailRequested, invitation)
    const { api } = await school.person('teacher')
    const refusal = { status: 403, code: 'auth.permission-missing' }
    await expect(api.notification.listMails({})).rejects.toMatchObject(refusal)
    await expect(api.notification.retryMail({ mailId: (await onlyMail()).id })).rejects.toMatchObject(refusal)
    school = await newEventfulSchool(server)
    expect(await mails()).toEqual([])
  })

  it('are forgotten after 90 days and not before', async () => {
    await school.happen(MailRequested, invitation)
    const expire = async () => {
      await school.enqueue(ExpireMails, {})
      await server.worker.drain()
      return (await mails()).map(({ to }) => to)
    }
    server.clock.advance(90 * DAY - 60_000)
    await school.happen(MailRequested, { ...invitation, to: 'new@school.example' })
    expect(await expire()).toEqual(['new@school.example', 'lina@school.example'])
    server.clock.advance(60_000)
    expect(await expire()).toEqual(['new@school.example'])
  })
})
