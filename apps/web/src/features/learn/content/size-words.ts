const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** 1536000 → "1.5 MB": sizes as download lists say them, in powers of a thousand. */
export function sizeInWords(bytes: number, locale: string): string {
  const step = bytes < 1000 ? 0 : bytes < 999_500 ? 1 : bytes < 999_500_000 ? 2 : 3
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: step < 2 ? 0 : 1
  }).format(bytes / 1000 ** step)
}
