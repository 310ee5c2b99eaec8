/** Host names as typed: one per line, or with commas or blanks between them. */
export const hostsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\s,;]+/)
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== '')
  )
]

/** "Größe & Söhne School" → "grosse-sohne-school": a short name to start from. */
export const slugOf = (name: string): string =>
  name
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
