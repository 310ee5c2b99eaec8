import { makesBackups } from '@lyceum/platform/backup/proof'
import { type Check, fault, note, ok, skipped } from './check.ts'
import { ownerUrl } from './database.ts'

/** Everything `lyceum backup check` looks at: sets are young, the log arrives and has no gap, in the second repository too. */
export const backupsArrive: Check = {
  what: 'backups arrive',
  check: async (place) => {
    const { config, home } = place
    if (config.DATABASE_URL !== null && !makesBackups(config)) return skipped('the database is yours to back up')
    if (!makesBackups(config))
      return note('there are none: what happens to this disk happens to the school', 'lyceum backup setup --to PATH')
    const url = await ownerUrl(place)
    if (url === undefined) return skipped('the embedded database is not running')
    const { checkInstallation } = await import('@lyceum/platform/backup/check')
    const looks = await checkInstallation({ config, home, ownerUrl: url })
    const faults = looks.filter(({ state }) => state === 'fault')
    const [first] = faults
    if (first)
      return fault(
        faults.map(({ what, message }) => `${what}: ${message}`).join('; '),
        first.remedy || 'lyceum backup check'
      )
    const second = looks.find(({ what }) => what === 'second repository')
    return second?.state === 'note'
      ? note(second.message, second.remedy)
      : ok('sets are young, and the log arrives without a gap')
  }
}
