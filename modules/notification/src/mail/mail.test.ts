import { openDatabase } from '@lyceum/platform/database'
import { MailRequested } from '@lyceum/user/contract'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort, type MailServer, type MailServerOptions, startMailServer } from '../testing/mail-server.ts'
import { type Ground, openSchool, type School, startGround } from '../testing/school.ts'
import { ExpireMails } from './expire-mails.ts'
import { heldTransport, type MailTransport, smtpTransport } from './mail-transport.ts'
import { SendMail } from './send-mail.ts'

const link = 'https://school.example/invitations/secret-token'
const invitation = {
  template: 'invitation' as const,
  to: 'lina@school.example',
  name: 'Lina Haddad',
  locale: 'en',
  values: { schoolName: 'Greenfield', invitedBy: 'Amina', link, expiresAt: '2026-03-08T08:00:00.000Z' }
}

let ground: Ground
beforeAll(async () => {
  ground = await startGround()
}, 60_000)
afterAll(() => ground?.close())

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

const school = (transport: MailTransport): School => {
  const made = openSchool(ground, transport)
  opened.unshift(made)
  return made
}
const mailServer = async (options?: MailServerOptions): Promise<MailServer> => {
  const server = await startMailServer(options)
  opened.push(server)
  return server
}
const bySmtp = (url: string) => smtpTransport(url, 'Lyceum <no-reply@learn.example>')
const administrator = ({ person }: School) => person(['mail:read', 'school:manage'])
const mails = async (of: School) => (await of.ask(administrator(of), 'listMails', {})).entries
const onlyMail = async (of: School) => {
  const [mail = expect.fail('there is no mail'), ...others] = await mails(of)
  expect(others).toEqual([])
  return mail
}

describe('a requested mail', () => {
  it('is delivered once, in English, and remembered without its secret', async () => {
    const server = await mailServer()
    const greenfield = school(bySmtp(server.url))
    await greenfield.happen(MailRequested, invitation)
    await greenfield.drainNextAttempt()

    expect(server.received).toHaveLength(1)
    const [{ recipients, mail } = expect.fail()] = server.received
    expect(recipients).toEqual(['lina@school.example'])
    expect(mail.subject).toBe('Your invitation to Greenfield')
    expect(mail.text).toContain(link)
    expect(mail.html).toContain(`href="${link}"`)

    const kept = await onlyMail(greenfield)
    expect(kept).toMatchObject({ to: invitation.to, template: 'invitation', state: 'sent', error: null })
    expect(kept.sentAt).toBe('2026-03-01T08:00:00.000Z')
    expect(kept.text).toContain('https://school.example/••••••')
    expect(mail.messageId).toBe(`<${kept.id}@learn.example>`)
    const row = await greenfield.transact(({ tx }) =>
      tx.selectFrom('notification.mail').selectAll().executeTakeFirstOrThrow()
    )
    expect(JSON.stringify(row)).not.toContain('secret-token')
    expect(await greenfield.waitingJobs()).toBe(0)
  })

  it('is Arabic from right to left for those who read Arabic', async () => {
    const server = await mailServer()
    await school(bySmtp(server.url)).happen(MailRequested, { ...invitation, locale: 'ar-EG', name: 'لينا حداد' })
    const [{ mail } = expect.fail()] = server.received
    expect(mail.subject).toBe('دعوتك إلى Greenfield')
    expect(mail.to).toEqual([expect.objectContaining({ name: 'لينا حداد' })])
    expect(mail.html).toContain('<html lang="ar" dir="rtl">')
    expect(mail.text).toContain('مرحبًا لينا حداد،')
  })

  it('cannot gain headers from the names in it', async () => {
    const server = await mailServer()
    const injection = 'Eve\r\nBcc: thief@evil.example\r\n\r\nHello'
    await school(bySmtp(server.url)).happen(MailRequested, {
      ...invitation,
      name: injection,
      values: { ...invitation.values, schoolName: injection, invitedBy: injection }
    })
    const [{ recipients, mail } = expect.fail()] = server.received
    expect(recipients).toEqual(['lina@school.example'])
    expect(mail.headers.map(({ key }) => key)).not.toContain('bcc')
    expect(mail.subject).toBe('Your invitation to Eve Bcc: thief@evil.example Hello')
  })

  it('waits while the server is down and leaves when it is back', async () => {
    const port = await freePort()
    const greenfield = school(bySmtp(`smtp://127.0.0.1:${port}`))
    await greenfield.happen(MailRequested, invitation)
    const waiting = await onlyMail(greenfield)
    expect(waiting.state).toBe('waiting')
    expect(waiting.error).toContain('ECONNREFUSED')
    expect(waiting.text).not.toContain('secret-token')

    const server = await mailServer({ port })
    await greenfield.drainNextAttempt()
    expect(server.received).toHaveLength(1)
    expect(await onlyMail(greenfield)).toMatchObject({ state: 'sent', error: null })
  })

  it('fails when the last attempt did, and can be tried again', async () => {
    const port = await freePort()
    const greenfield = school(bySmtp(`smtp://127.0.0.1:${port}`))
    await greenfield.happen(MailRequested, invitation)
    await greenfield.exhaustAttempts()
    await greenfield.drainNextAttempt()
    const failed = await onlyMail(greenfield)
    expect(failed.state).toBe('failed')
    expect(failed.text).not.toContain('secret-token')

    const server = await mailServer({ port })
    await greenfield.ask(administrator(greenfield), 'retryMail', { mailId: failed.id })
    await greenfield.drain()
    expect(server.received).toHaveLength(1)
    expect((await onlyMail(greenfield)).state).toBe('sent')
  })

  it('fails at once when the server refuses it for good', async () => {
    const server = await mailServer({ refuse: () => 550 })
    const greenfield = school(bySmtp(server.url))
    await greenfield.happen(MailRequested, invitation)
    const failed = await onlyMail(greenfield)
    expect(failed.state).toBe('failed')
    expect(failed.error).toContain('550')
    expect(await greenfield.waitingJobs()).toBe(0)
  })

  it('is tried again when the server refuses it for now', async () => {
    const server = await mailServer({ refuse: () => 451 })
    const greenfield = school(bySmtp(server.url))
    await greenfield.happen(MailRequested, invitation)
    expect((await onlyMail(greenfield)).state).toBe('waiting')
    expect(await greenfield.waitingJobs()).toBe(1)
  })

  it('leaves by a retry of the administrator without its turn being left over', async () => {
    const port = await freePort()
    const greenfield = school(bySmtp(`smtp://127.0.0.1:${port}`))
    await greenfield.happen(MailRequested, invitation)
    const server = await mailServer({ port })
    await greenfield.ask(administrator(greenfield), 'retryMail', { mailId: (await onlyMail(greenfield)).id })
    await greenfield.drain()
    await greenfield.drainNextAttempt()
    expect(server.received).toHaveLength(1)
    expect(await greenfield.waitingJobs()).toBe(0)
  })

  it('is not sent by two jobs at a time', async () => {
    const server = await mailServer()
    let duringSend = async (): Promise<void> => undefined
    const smtp = bySmtp(server.url)
    const greenfield = school({
      ...smtp,
      send: async (message) => {
        await duringSend()
        await smtp.send(message)
      }
    })
    duringSend = async () => {
      duringSend = async () => undefined
      const { id } = await onlyMail(greenfield)
      await greenfield.transact((context) => context.enqueue(SendMail, { mailId: id }))
      await greenfield.drain()
      expect(server.received).toHaveLength(0)
    }
    await greenfield.happen(MailRequested, invitation)
    await greenfield.drainNextAttempt()
    expect(server.received).toHaveLength(1)
    expect((await onlyMail(greenfield)).state).toBe('sent')
  })

  it('goes out again, with the same Message-ID, when nobody could write down that it had left', async () => {
    const server = await mailServer()
    const smtp = bySmtp(server.url)
    const greenfield = school(smtp)
    await greenfield.transact((context) => context.publish(MailRequested, invitation))
    const database = openDatabase({ url: ground.appUrl, max: 2, applicationName: 'dying', prepare: true })
    const dying = openSchool(
      { ...ground, database },
      {
        ...smtp,
        send: async (message) => {
          await smtp.send(message)
          await database.close()
        }
      }
    )
    await expect(dying.drain()).rejects.toThrow()
    expect(server.received).toHaveLength(1)

    await greenfield.drainNextAttempt()
    expect(server.received).toHaveLength(1)
    greenfield.clock.time = new Date(greenfield.clock.time.getTime() + 120_000)
    await greenfield.drainNextAttempt()
    expect(server.received).toHaveLength(2)
    expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(1)
    expect((await onlyMail(greenfield)).state).toBe('sent')
    await dying.close()
  })

  it('does not leave with a link that has expired', async () => {
    const port = await freePort()
    const greenfield = school(bySmtp(`smtp://127.0.0.1:${port}`))
    await greenfield.happen(MailRequested, invitation)
    const server = await mailServer({ port })
    greenfield.clock.time = new Date('2026-03-08T08:00:00Z')
    await greenfield.drainNextAttempt()
    expect(server.received).toHaveLength(0)
    expect(await onlyMail(greenfield)).toMatchObject({ state: 'failed', error: expect.stringContaining('expired') })
  })
})

describe('without a mail server', () => {
  it('messages are held and readable, so that an administrator can pass the link on', async () => {
    const greenfield = school(heldTransport)
    await greenfield.happen(MailRequested, invitation)
    const held = await onlyMail(greenfield)
    expect(held).toMatchObject({ state: 'held', sentAt: null, error: null })
    expect(held.text).toContain(`\n${link}\n`)
    expect(await greenfield.ask(administrator(greenfield), 'getMailSettings', {})).toEqual({
      transport: 'held',
      from: 'Lyceum <no-reply@learn.example>'
    })
  })
})

describe('listMails', () => {
  it('pages from the newest to the oldest and finds by state and address', async () => {
    const greenfield = school(heldTransport)
    for (const name of ['amina', 'bilal', 'Carla', 'dina'])
      await greenfield.happen(MailRequested, { ...invitation, to: `${name}@school.example` })
    const asking = administrator(greenfield)
    const addresses = (entries: readonly { to: string }[]) => entries.map(({ to }) => to.split('@')[0])

    const first = await greenfield.ask(asking, 'listMails', { limit: 3 })
    expect(addresses(first.entries)).toEqual(['dina', 'Carla', 'bilal'])
    const cursor = first.nextCursor ?? expect.fail('there is a second page')
    const second = await greenfield.ask(asking, 'listMails', { limit: 3, cursor })
    expect(addresses(second.entries)).toEqual(['amina'])
    expect(second.nextCursor).toBeNull()

    expect(addresses((await greenfield.ask(asking, 'listMails', { to: 'carla@' })).entries)).toEqual(['Carla'])
    expect((await greenfield.ask(asking, 'listMails', { to: '%' })).entries).toEqual([])
    expect((await greenfield.ask(asking, 'listMails', { state: 'failed' })).entries).toEqual([])
    expect((await greenfield.ask(asking, 'listMails', { state: 'held' })).entries).toHaveLength(4)
  })

  it('is for administrators, and each school sees its own', async () => {
    const greenfield = school(heldTransport)
    await greenfield.happen(MailRequested, invitation)
    expect(await mails(school(heldTransport))).toEqual([])
    expect(() => greenfield.ask(greenfield.person(), 'listMails', {})).toThrow(
      expect.objectContaining({ code: 'auth.permission-missing' })
    )
  })
})

describe('retryMail', () => {
  it('does not send twice what was sent', async () => {
    const server = await mailServer()
    const greenfield = school(bySmtp(server.url))
    await greenfield.happen(MailRequested, invitation)
    const { id } = await onlyMail(greenfield)
    await expect(greenfield.ask(administrator(greenfield), 'retryMail', { mailId: id })).rejects.toMatchObject({
      code: 'mail.already-sent'
    })
    await expect(
      greenfield.ask(administrator(greenfield), 'retryMail', { mailId: greenfield.person().tenantId })
    ).rejects.toMatchObject({ code: 'mail.not-found' })
  })
})

describe('expireMails', () => {
  it('forgets what is older than 90 days and nothing else', async () => {
    const greenfield = school(heldTransport)
    await greenfield.happen(MailRequested, invitation)
    greenfield.clock.time = new Date('2026-05-30T07:00:00Z')
    await greenfield.happen(MailRequested, { ...invitation, to: 'new@school.example' })
    const expire = async () => {
      await greenfield.transact((context) => context.enqueue(ExpireMails, {}))
      await greenfield.drain()
      return (await mails(greenfield)).map(({ to }) => to)
    }
    expect(await expire()).toEqual(['new@school.example', 'lina@school.example'])
    greenfield.clock.time = new Date('2026-05-30T09:00:00Z')
    expect(await expire()).toEqual(['new@school.example'])
  })
})
