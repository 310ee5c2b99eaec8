import { newId } from '@lyceum/platform/id'
import type { MailRequested } from '@lyceum/user/contract'
import type { Static } from 'typebox'
import type { NotificationContext } from '../context.ts'
import { enqueueMail } from './send-mail.ts'
import { mailLocale, onOneLine } from './template/letter.ts'
import { renderLetter } from './template/render-letter.ts'
import { templates } from './template/templates.ts'

/** Writes the message and queues its sending in one transaction: neither is ever there without the other. */
export async function writeMailOnMailRequested(
  context: NotificationContext,
  { template, to, name, locale: wanted, values }: Static<(typeof MailRequested)['payload']>
): Promise<void> {
  const locale = mailLocale(wanted)
  const letter = templates[template].write(locale, values)
  const id = newId()
  await context.tx
    .insertInto('notification.mail')
    .values({
      id,
      template,
      locale,
      to,
      name: onOneLine(name),
      ...renderLetter(letter, { locale, name }),
      link: letter.action?.link ?? null,
      link_expires_at: values.expiresAt ?? null,
      created_at: context.now
    })
    .execute()
  await enqueueMail(context, id)
}
