import type { MailLocale } from './letter.ts'

/** `5 March 2026 at 14:30 UTC`, in the reader's language and, where known, zone. */
export function instantInWords(instant: string, locale: MailLocale, timeZone = 'UTC'): string {
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    calendar: 'gregory',
    timeZone: isTimeZone(timeZone) ? timeZone : 'UTC'
  }).format(new Date(instant))
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
