// Written by `npm run generate` from the contracts; do not edit.
import type { userContract } from '@lyceum/user/contract'
import type { courseContract } from '@lyceum/course/contract'
import type { fileContract } from '@lyceum/file/contract'
import type { notificationContract } from '@lyceum/notification/contract'
import type { systemContract } from '@lyceum/platform/system/contract'

export interface Contracts {
  readonly user: typeof userContract
  readonly course: typeof courseContract
  readonly file: typeof fileContract
  readonly notification: typeof notificationContract
  readonly system: typeof systemContract
}
