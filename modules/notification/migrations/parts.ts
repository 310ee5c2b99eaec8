import { ofTenant, type PartRules } from '@lyceum/platform/backup/part-rule'
import { HELD_BY_RESTORE } from '../src/mail/hold-waiting-mail.ts'

/** What becomes of every table of this module when a school comes back from a backup. */
export const parts: PartRules = {
  'notification.notification': ofTenant(),
  'notification.mail': ofTenant({
    with: {
      table: '"user".tenant',
      columns: { tenant_id: 'id' },
      why: 'what left the house has left it; it is only read where everything else is gone'
    },
    // Whether it was sent since, nobody knows.
    as: {
      state: `case when state = 'waiting' then 'held' else state end`,
      error: `case when state = 'waiting' then '${HELD_BY_RESTORE}' else error end`,
      sending_until: 'null::timestamptz'
    }
  })
}
