import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type MailServer, startMailServer } from '../../../../modules/notification/src/testing/mail-server.ts'
import { notifyByMail } from './notify.ts'
import { planOf, rehearse } from './testing/rehearsal.ts'
import { newWorld } from './testing/simulated-target.ts'

let server: MailServer
beforeEach(async () => {
  server = await startMailServer({ refuse: (address) => (address.startsWith('gone@') ? 550 : undefined) })
})
afterEach(() => server.close())

const bad = () => rehearse(planOf(), { world: newWorld({ faults: { r2: { errorRate: 0.02 } } }) })
const config = (RELEASE_NOTIFY_EMAIL: readonly string[], SMTP_URL: string | null = server.url) => ({
  RELEASE_NOTIFY_EMAIL,
  SMTP_URL,
  MAIL_FROM: 'Lyceum <no-reply@learn.example>'
})
const told = async (work: () => Promise<void>): Promise<string> => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    await work()
    return written.mock.calls.map(([text]) => String(text)).join('')
  } finally {
    written.mockRestore()
  }
}

it('writes everybody how a release ended, and why', async () => {
  const { run } = await bad()
  expect(await told(() => notifyByMail(config(['ops@learn.example', 'ada@learn.example']), run))).toBe('')
  expect(server.received.flatMap(({ recipients }) => recipients).sort()).toEqual([
    'ada@learn.example',
    'ops@learn.example'
  ])
  const [{ mail } = expect.fail('nothing arrived')] = server.received
  expect(mail.subject).toBe('Lyceum: Release r2 was taken back, and r1 serves')
  expect(mail.text).toContain('watch 10: errors')
  expect(mail.text).toContain('By: ada')
  expect(mail.html).toContain('watch 10: errors')
})

it('says whom it could not reach, and goes on', async () => {
  const { run } = await bad()
  const said = await told(() => notifyByMail(config(['gone@learn.example', 'ada@learn.example']), run))
  expect(said).toContain('RELEASE_NOTIFY_EMAIL: gone@learn.example could not be told (')
  expect(server.received.flatMap(({ recipients }) => recipients)).toEqual(['ada@learn.example'])
  expect(await told(() => notifyByMail(config(['ada@learn.example'], null), run))).toContain('SMTP_URL names no mail')
  expect(await told(() => notifyByMail(config([]), run))).toBe('')
})
