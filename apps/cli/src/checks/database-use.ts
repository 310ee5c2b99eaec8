import type { Report } from '../database-report/report.ts'
import { type Check, type Finding, note, ok, type Place } from './check.ts'
import { lookInDatabase } from './database.ts'

/** On average; people wait for it. */
const SLOW_MS = 500
const WATCH_SECONDS = 2
const MOST = 5

export const slowQueries: Check = {
  what: 'slow queries',
  check: (place) =>
    reported(place, ({ slow }) => {
      const found = slow.queries.filter(({ meanMs }) => meanMs >= SLOW_MS)
      const source =
        slow.source === 'watched' ? `watched for ${WATCH_SECONDS} seconds` : 'counted by pg_stat_statements'
      return found.length === 0
        ? ok(`none above ${SLOW_MS} ms, ${source}`)
        : note(
            found.map(({ meanMs, query }) => `${Math.round(meanMs)} ms: ${query.slice(0, 80)}`).join('; '),
            'lyceum database report shows them with their plans.'
          )
    })
}

export const indexes: Check = {
  what: 'indexes',
  check: (place) =>
    reported(place, ({ missingIndexes, unusedIndexes }) => {
      const found = [
        ...missingIndexes.map(({ table, why }) => `${table} misses one: ${why}`),
        ...unusedIndexes.map(({ name, why }) => `${name}: ${why}`)
      ]
      return found.length === 0
        ? ok('none is missing, none is for nothing')
        : note(found.slice(0, MOST).join('; '), 'lyceum database report lists all of them.')
    })
}

/** What should be made larger before it is too small. */
export const room: Check = {
  what: 'room to grow',
  check: (place) =>
    reported(place, ({ advice }) =>
      advice.length === 0 ? ok('nothing is about to be too small') : note(advice.join(' '), 'lyceum database report')
    )
}

const reported = (place: Place, judge: (report: Report) => Finding): Promise<Finding> =>
  lookInDatabase(place, async (client) => {
    const { readReport } = await import('../database-report/read-report.ts')
    const folder = place.config.DATABASE_URL === null ? place.home : null
    return judge(await readReport(client, { folder, watchSeconds: WATCH_SECONDS, most: MOST }))
  })
