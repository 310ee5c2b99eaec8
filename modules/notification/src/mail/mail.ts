import { defineError } from '@lyceum/platform/errors'

export const MailNotFound = defineError(
  'mail.not-found',
  'not-found',
  () => 'There is no such message. Messages are kept for 90 days.'
)
export const MailAlreadySent = defineError(
  'mail.already-sent',
  'conflict',
  () => 'This message has been sent already. Ask for a new one where it came from, such as the person’s page.'
)
export const MailUnderWay = defineError(
  'mail.under-way',
  'conflict',
  () => 'This message is being sent at the moment. Please look again in two minutes.'
)

/** The text without its secret address: enough to recognise the message, not enough to act for its reader. */
export const masked = (text: string, link: string | null): string =>
  link === null ? text : text.replaceAll(link, `${new URL(link).origin}/••••••`)
