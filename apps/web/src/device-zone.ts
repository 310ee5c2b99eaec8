import { tellServer } from './tell-server.ts'

const KEY = 'lyceum.zone'

/**
 * The device's IANA zone, which the server is told. Asking the browser for it takes a slow phone long, so it is asked
 * anew only when the clock's distance from UTC is another one.
 */
export function deviceZone(): string {
  const offset = String(new Date().getTimezoneOffset())
  const [offsetThen, zoneThen] = localStorage.getItem(KEY)?.split(' ') ?? []
  if (zoneThen && offsetThen === offset) return zoneThen
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone
  localStorage.setItem(KEY, `${offset} ${zone}`)
  tellServer(KEY, zone)
  return zone
}
