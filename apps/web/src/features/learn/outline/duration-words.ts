const unit = (amount: number, name: 'hour' | 'minute' | 'second', locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(amount)

/** "45 sec", "5 min", "1 hr 20 min". */
export function durationInWords(seconds: number, locale: string): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 1) return unit(Math.round(seconds), 'second', locale)
  const parts = [
    ...(minutes >= 60 ? [unit(Math.floor(minutes / 60), 'hour', locale)] : []),
    ...(minutes % 60 > 0 ? [unit(minutes % 60, 'minute', locale)] : [])
  ]
  return new Intl.ListFormat(locale, { type: 'unit', style: 'narrow' }).format(parts)
}

export const minutesInWords = (minutes: number, locale: string): string => durationInWords(minutes * 60, locale)

/** 90 → "90%", "٩٠٪". */
export const percentInWords = (percent: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent' }).format(percent / 100)

/** "2 of 5 minutes" needs both numbers in one unit: whole minutes, or seconds for short times. */
export function spentOf(
  spent: number,
  goal: number
): { readonly unit: 'minutes' | 'seconds'; spent: number; goal: number } {
  const capped = Math.min(spent, goal)
  return goal >= 120
    ? { unit: 'minutes', spent: Math.floor(capped / 60), goal: Math.ceil(goal / 60) }
    : { unit: 'seconds', spent: capped, goal }
}
