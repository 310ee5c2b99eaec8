import { smtpTransport } from '@lyceum/notification/mail-transport'
import type { Config } from '@lyceum/platform/config'
import { newId } from '@lyceum/platform/id'

/**
 * Mail to people who run the installation, past the queue and its database: what they are told may be that those are away.
 * @returns whom it did not reach, and why
 */
export async function sendToOperators(
  { SMTP_URL, MAIL_FROM }: Pick<Config, 'SMTP_URL' | 'MAIL_FROM'>,
  addresses: readonly string[],
  { subject, text }: { readonly subject: string; readonly text: string }
): Promise<{ readonly address: string; readonly why: string }[]> {
  if (addresses.length === 0) return []
  if (SMTP_URL === null) return addresses.map((address) => ({ address, why: 'SMTP_URL names no mail server' }))
  const transport = smtpTransport(SMTP_URL, MAIL_FROM)
  const html = `<p>${escaped(text).replaceAll('\n', '<br>')}</p>`
  try {
    const sent = await Promise.all(
      addresses.map((address) =>
        transport.send({ id: newId(), to: { name: '', address }, subject, text, html, locale: 'en' }).then(
          () => null,
          (error: unknown) => ({ address, why: error instanceof Error ? error.message : String(error) })
        )
      )
    )
    return sent.flatMap((refused) => refused ?? [])
  } finally {
    await transport.close()
  }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
