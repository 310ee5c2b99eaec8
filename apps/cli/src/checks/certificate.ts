import { type Check, fault, note, ok, skipped } from './check.ts'

const DAY_MS = 24 * 60 * 60_000
/** Renewed by themselves they never have fewer than 30 days left. */
const NOTE_DAYS = 30
const FAULT_DAYS = 14
const REMEDY = 'docs/operators/runbooks/certificate-expired.md says how it is renewed.'

export const certificate: Check = {
  what: 'certificate',
  check: async ({ config: { PUBLIC_URL } }) => {
    const { readCertificate } = await import('../release/facts/front-door.ts')
    const found = await readCertificate(PUBLIC_URL)
    if (!found.known) return fault(`cannot be read: ${found.why}`, `Is ${PUBLIC_URL} reached from here?`)
    if (found.value === null) return skipped('PUBLIC_URL speaks no https')
    const days = Math.floor((found.value.getTime() - Date.now()) / DAY_MS)
    if (days < 0) return fault(`expired at ${found.value.toISOString()}`, REMEDY)
    const said = `good for ${days} days`
    if (days < FAULT_DAYS) return fault(said, REMEDY)
    return days < NOTE_DAYS ? note(said, REMEDY) : ok(said)
  }
}
