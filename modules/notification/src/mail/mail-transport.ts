import type { Transporter } from 'nodemailer'

/** One message, ready to leave. */
export interface OutgoingMail {
  /** Unique left part of the Message-ID; the same whenever the same message is tried again. */
  readonly id: string
  readonly to: { readonly name: string; readonly address: string }
  readonly subject: string
  readonly text: string
  readonly html: string
  /** BCP 47. */
  readonly locale: string
}

/** How mail leaves the installation. */
export interface MailTransport {
  readonly kind: 'smtp' | 'held'
  /** Throws `MailRefused` when trying again cannot help, anything else when it may. */
  send(message: OutgoingMail): Promise<void>
  close(): Promise<void>
}

/** The mail server has said no to this very message, for good. */
export class MailRefused extends Error {}

/** Where no mail server is configured: nothing leaves; administrators read the messages in the list of mails. */
export const heldTransport: MailTransport = {
  kind: 'held',
  send: async () => undefined,
  close: async () => undefined
}

/**
 * Sends through a mail server, over a few connections kept open between messages.
 * @param url `smtp://` or `smtps://` with user, password, host and port
 * @param from `Name <address>`
 */
export function smtpTransport(url: string, from: string): MailTransport {
  const domain = /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost'
  let opened: Promise<Transporter> | undefined
  return {
    kind: 'smtp',
    send: async (message) => {
      opened ??= open(url)
      const transporter = await opened
      await transporter.sendMail(toSend(message, from, domain)).catch((error: unknown) => {
        throw isRefusal(error) ? new MailRefused(error.message) : error
      })
    },
    close: async () => (await opened)?.close()
  }
}

/** Imported when the first message leaves: processes that only serve requests never load it. */
async function open(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url,
    pool: true,
    maxConnections: 3,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true
  })
}

const toSend = ({ id, to, subject, text, html, locale }: OutgoingMail, from: string, domain: string) => ({
  messageId: `<${id}@${domain}>`,
  from,
  to: { name: to.name, address: to.address },
  subject,
  text,
  html,
  headers: {
    'Content-Language': locale,
    // RFC 3834 §5: keeps holiday notices from answering.
    'Auto-Submitted': 'auto-generated'
  }
})

/**
 * A 5yz reply (RFC 5321 §4.2.1) to the envelope or the message, or one that cannot even be said in SMTP. A 5yz to the
 * sign-in is the installation's fault and mended without touching the message, so it does not count.
 */
function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error)) return false
  const reply = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : undefined
  const aboutTheMessage = error.code === 'EENVELOPE' || error.code === 'EMESSAGE'
  return aboutTheMessage && (reply === undefined || reply >= 500)
}
