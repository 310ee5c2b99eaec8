import { freePort } from '@lyceum/platform/testing/free-port'
import { afterEach, describe, expect, it } from 'vitest'
import { type MailServer, type MailServerOptions, startMailServer } from '../testing/mail-server.ts'
import { MailRefused, type MailTransport, type OutgoingMail, smtpTransport } from './mail-transport.ts'

const message: OutgoingMail = {
  id: '0190a5de-0000-7000-8000-000000000001',
  to: { name: 'لينا حداد', address: 'lina@school.example' },
  subject: 'دعوتك إلى المدرسة',
  text: 'مرحبًا',
  html: '<p>مرحبًا</p>',
  locale: 'ar'
}

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

const serve = async (options?: MailServerOptions): Promise<MailServer> => {
  const server = await startMailServer(options)
  opened.push(server)
  return server
}
const sendTo = (url: string): MailTransport => {
  const transport = smtpTransport(url, 'Lyceum <no-reply@learn.example>')
  opened.unshift(transport)
  return transport
}

describe('smtpTransport', () => {
  it('delivers names, subject and both bodies as written', async () => {
    const server = await serve()
    await sendTo(server.url).send(message)
    const [{ recipients, mail } = expect.fail('nothing arrived')] = server.received
    expect(recipients).toEqual(['lina@school.example'])
    expect(mail.from).toMatchObject({ name: 'Lyceum', address: 'no-reply@learn.example' })
    expect(mail.to).toEqual([expect.objectContaining({ name: 'لينا حداد', address: 'lina@school.example' })])
    expect(mail.subject).toBe('دعوتك إلى المدرسة')
    expect(mail.text?.trim()).toBe('مرحبًا')
    expect(mail.html?.trim()).toBe('<p>مرحبًا</p>')
    expect(mail.messageId).toBe('<0190a5de-0000-7000-8000-000000000001@learn.example>')
    expect(mail.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }))
    expect(mail.headers).toContainEqual(expect.objectContaining({ key: 'content-language', value: 'ar' }))
  })

  it.each([
    ['a line break', 'Eve\r\nBcc: thief@evil.example'],
    ['quotes and an address', 'Eve" <thief@evil.example>, "']
  ])('delivers to nobody else when the name holds %s', async (_what, name) => {
    const server = await serve()
    const subject = 'Hello\r\nBcc: thief@evil.example'
    await sendTo(server.url).send({ ...message, to: { name, address: 'eve@school.example' }, subject })
    const [{ recipients, mail } = expect.fail('nothing arrived')] = server.received
    expect(recipients).toEqual(['eve@school.example'])
    expect(mail.to?.map(({ address }) => address)).toEqual(['eve@school.example'])
    expect(mail.headers.map(({ key }) => key)).not.toContain('bcc')
  })

  it.each([
    ['a line break', 'eve@school.example\r\nBcc: thief@evil.example'],
    ['a second address', 'eve@school.example, thief@evil.example'],
    ['brackets', 'eve@school.example> , <thief@evil.example'],
    ['nothing', '']
  ])('delivers to nobody at all when the address holds %s', async (_what, address) => {
    const server = await serve()
    await expect(sendTo(server.url).send({ ...message, to: { name: 'Eve', address } })).rejects.toBeInstanceOf(
      MailRefused
    )
    expect(server.received).toEqual([])
  })

  it('calls a 5yz to the recipient a refusal', async () => {
    const server = await serve({ refuse: () => 550 })
    await expect(sendTo(server.url).send(message)).rejects.toBeInstanceOf(MailRefused)
  })

  it('calls neither a 4yz, a refused sign-in nor a dead server a refusal', async () => {
    const busy = await serve({ refuse: () => 451 })
    const strict = await serve({ refuseSignIn: 535 })
    const urls = [busy.url, strict.url.replace('//', '//lyceum:wrong@'), `smtp://127.0.0.1:${await freePort()}`]
    for (const url of urls) {
      const fault = await sendTo(url)
        .send(message)
        .catch((error: unknown) => error)
      expect(fault).toBeInstanceOf(Error)
      expect(fault).not.toBeInstanceOf(MailRefused)
    }
  })
})
