import { makesBackups } from '@lyceum/platform/backup/proof'
import { DRILL_DAYS, type DrillKind, drillKinds } from '../drill/drill.ts'
import { type KeptDrill, readLastDrills } from '../drill/kept-drills.ts'
import { type Check, type Finding, fault, note, ok, skipped } from './check.ts'
import { lookInDatabase } from './database.ts'

const DAY_MS = 24 * 60 * 60_000

export const drills: Check = {
  what: 'disaster drills',
  check: async (place) => {
    if (place.config.DATABASE_URL !== null) return skipped('the database is yours to try out')
    if (!makesBackups(place.config)) return skipped('there are no backups to try out')
    return lookInDatabase(place, async (client) => judgeDrills(await readLastDrills(client), new Date()))
  }
}

export function judgeDrills(last: readonly KeptDrill[], now: Date): Finding {
  const failed = last.filter(({ verdict }) => verdict === 'failed')
  const [first] = failed
  if (first)
    return fault(
      failed.map(({ kind, at, why }) => `${kind} of ${at} did not bring the school back: ${why}`).join('; '),
      `docs/operators/runbooks/${first.kind}.md. Mend what failed, then: lyceum drill ${first.kind}`
    )
  const due = drillKinds.filter((kind) => !isYoung(last, kind, now))
  const [next] = due
  if (next !== undefined)
    return note(
      due
        .map((kind) => `${kind} ${last.some((one) => one.kind === kind) ? 'is long ago' : 'was never tried'}`)
        .join('; '),
      `lyceum drill ${next}`
    )
  return ok(
    last
      .map(
        ({ kind, at, rpoSeconds, rtoSeconds }) =>
          `${kind} ${at.slice(0, 10)}: ${rpoSeconds} s lost, ${rtoSeconds} s until back`
      )
      .join('; ')
  )
}

const isYoung = (last: readonly KeptDrill[], kind: DrillKind, now: Date): boolean =>
  last.some((one) => one.kind === kind && now.getTime() - Date.parse(one.at) <= DRILL_DAYS * DAY_MS)
