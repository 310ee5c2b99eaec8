/** Whether a name is one of the IANA time zone database, links included. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    // Offsets such as “+02:00” are taken by newer engines; they know no summer time.
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}
