import { type Check, fault, note, ok, skipped } from './check.ts'
import { asked } from './database.ts'

/** Fewer are nobody's evidence. */
const LEAST_ERRORS = 3
/** As the alert, and as the error budget of a month. */
const FAULT_SHARE = 0.05
const NOTE_SHARE = 0.001

export const errors: Check = {
  what: 'errors of a day',
  check: (place) =>
    asked<{ requests: number; errors: number }>(
      place,
      `select coalesce(sum(requests), 0)::float8 as requests, coalesce(sum(errors), 0)::float8 as errors
       from platform.request_count where slot > now() - interval '24 hours'`,
      ({ requests, errors: failed }) => {
        if (requests === 0) return skipped('nobody asked for anything in 24 hours')
        const said = `${failed} of ${requests} requests failed in 24 hours (${((100 * failed) / requests).toFixed(2)} %)`
        if (failed < LEAST_ERRORS || failed / requests <= NOTE_SHARE) return ok(said)
        const say = failed / requests > FAULT_SHARE ? fault : note
        return say(said, 'Sentry, or the log where status >= 500, says of what: docs/operators/monitoring.md, errors.')
      }
    )
}
