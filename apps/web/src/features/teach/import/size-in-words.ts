const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** 1500000 → “1.5 MB”, as the reader's language writes it. */
export function sizeInWords(bytes: number, locale: string): string {
  const step = Math.min(UNITS.length - 1, bytes > 0 ? Math.floor(Math.log(bytes) / Math.log(1000)) : 0)
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: step > 1 ? 1 : 0
  }).format(bytes / 1000 ** step)
}
