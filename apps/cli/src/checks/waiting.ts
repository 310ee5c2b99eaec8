import { type Check, type Finding, fault, ok, skipped } from './check.ts'
import { asked } from './database.ts'

const OLDEST_EVENT_SECONDS = 15 * 60

/** Work outside of requests that nobody does any more. */
export const jobs: Check = {
  what: 'jobs and events',
  check: async (place) => {
    const queue = await asked<{ there: boolean }>(
      place,
      `select to_regclass('graphile_worker._private_jobs') is not null as there`,
      ({ there }) => (there ? ok('') : skipped('nothing has run here yet'))
    )
    return queue.state === 'ok' ? asked<Waiting>(place, WAITING, judgeWaiting) : queue
  }
}

interface Waiting {
  readonly dead: number
  readonly waiting: number
  /** Seconds that the oldest event has waited. */
  readonly oldest: number
}

const WAITING = `
  select (select count(*)::int from graphile_worker._private_jobs where locked_at is null and attempts >= max_attempts) as dead,
    (select count(*)::int from platform.outbox where relayed_at is null) as waiting,
    (select coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 from platform.outbox where relayed_at is null) as oldest`

function judgeWaiting({ dead, waiting, oldest }: Waiting): Finding {
  if (dead > 0)
    return fault(
      `${dead} jobs were given up after every attempt`,
      'In the app under Jobs: mend the cause, then try them again.'
    )
  return oldest > OLDEST_EVENT_SECONDS
    ? fault(
        `${waiting} events wait, the oldest for ${Math.round(oldest / 60)} minutes`,
        'Is a worker running? docs/operators/monitoring.md, jobs.'
      )
    : ok('none was given up, and no event waits long')
}

export const mailOfDay: Check = {
  what: 'mail of a day',
  check: (place) =>
    asked<{ failed: number; sent: number }>(
      place,
      `select count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'sent')::int as sent
       from notification.mail where created_at > now() - interval '24 hours'`,
      ({ failed, sent }) =>
        failed === 0
          ? ok(`${sent} sent, none failed`)
          : fault(
              `${failed} could not be sent, ${sent} could`,
              'In the app under Mail each says why. Mend SMTP_URL, then send them again there.'
            )
    )
}
