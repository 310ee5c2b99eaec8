const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * What may leave the installation of a text that nobody wrote for strangers: no address, no token, no secret, no values of
 * an address' query. Ids stay, because they name nobody to whoever cannot ask the database.
 * @param secrets known by their values
 */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) if (secret.length >= 6) clean = clean.replaceAll(secret, '[redacted]')
  return clean
    .replace(/[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+/g, '[e-mail]')
    .replace(/\b(Bearer|Basic)\s+\S+/gi, '$1 [redacted]')
    .replace(/\?[^\s"'<>]*=[^\s"'<>]*/g, '?[values]')
    .replace(/[\w.-]{32,}/g, (word) => (UUID.test(word) || !/\d/.test(word) ? word : '[redacted]'))
}

/** What PostgreSQL says about data quotes the data, and an exception of its own (SQLSTATE 22…, 23…, P0…) may: the code alone. */
export const withoutData = (error: Error): string => {
  if (!('code' in error) || !/^(?:22|23|P0)\w{3}$/.test(String(error.code))) return error.message
  const places = ['schema', 'table', 'constraint'].flatMap((field) => {
    const value: unknown = Reflect.get(error, field)
    return typeof value === 'string' ? [`${field} ${value}`] : []
  })
  return [`SQLSTATE ${error.code}`, ...places].join(', ')
}
