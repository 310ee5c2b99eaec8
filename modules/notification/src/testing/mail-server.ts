import { once } from 'node:events'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

interface ReceivedMail {
  /** Envelope recipients: who really gets it, whatever the header says. */
  readonly recipients: readonly string[]
  readonly raw: string
  readonly mail: Email
}

export interface MailServer {
  readonly url: string
  readonly received: readonly ReceivedMail[]
  close(): Promise<void>
}

export interface MailServerOptions {
  /** A free one unless said. */
  readonly port?: number
  /** The reply to a recipient instead of 250, such as 550 or 451. */
  readonly refuse?: (address: string) => number | undefined
  /** Runs when a message has arrived, before the server says that it has. */
  readonly onArrival?: () => Promise<unknown>
  /** The reply to every sign-in instead of 235. */
  readonly refuseSignIn?: number
}

/** A real mail server on this machine that keeps what it gets. */
export async function startMailServer({
  port = 0,
  refuse = () => undefined,
  onArrival = async () => undefined,
  refuseSignIn
}: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    // Senders keep connections open; closing does not wait for them.
    closeTimeout: 20,
    onAuth: (_auth, _session, answer) =>
      refuseSignIn === undefined ? answer(null, { user: 'lyceum' }) : answer(replying(refuseSignIn)),
    onRcptTo: ({ address }, _session, answer) => {
      const code = refuse(address)
      answer(code === undefined ? null : replying(code))
    },
    onData: (stream, session, answer) => {
      void (async () => {
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(Buffer.from(chunk))
        const raw = Buffer.concat(chunks).toString('utf8')
        const recipients = session.envelope.rcptTo.map(({ address }) => address)
        received.push({ recipients, raw, mail: await PostalMime.parse(raw) })
        await onArrival()
      })().then(() => answer(), answer)
    }
  })
  // Connections cut off by the other side are part of these tests.
  server.on('error', () => undefined)
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('The mail server has no port')
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve()))
  }
}

const replying = (responseCode: number) => Object.assign(new Error('not today'), { responseCode })
