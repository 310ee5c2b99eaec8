import type { ArchivePolicy } from '@lyceum/platform/archive-policy'

export const archives: readonly ArchivePolicy[] = [
  {
    name: 'sign-ins',
    table: '"user".sign_in',
    age: 'ended_at',
    where: 'ended_at is not null',
    afterDays: 60
  }
]
