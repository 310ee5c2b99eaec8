import type { ArchivePolicy } from '@lyceum/platform/archive-policy'

export const archives: readonly ArchivePolicy[] = [
  {
    name: 'mails',
    table: 'notification.mail',
    age: 'created_at',
    where: `state in ('sent', 'failed')`,
    afterDays: 60
  },
  {
    name: 'notifications',
    table: 'notification.notification',
    age: 'created_at',
    where: 'read_at is not null',
    afterDays: 120
  }
]
