import { breathe } from './breathe.ts'

/**
 * The first date, number and plural in a language take a slow phone long; so they are made while the code travels and
 * nothing else is to be done, each in a task of its own.
 */
export async function warmUpDates(language: string): Promise<void> {
  const firsts = [
    () => new Intl.DateTimeFormat(language, { weekday: 'short', hour: 'numeric' }).format(),
    () => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(1, 'day'),
    () => new Intl.NumberFormat(language, { style: 'unit', unit: 'minute' }).format(1),
    () => new Intl.PluralRules(language).select(1)
  ]
  for (const first of firsts) {
    await breathe()
    first()
  }
}
