import { notificationSchedules } from '@lyceum/notification/module'
import type { Schedule } from '@lyceum/platform/module'
import { userSchedules } from '@lyceum/user/module'

/** What runs on a clock, in UTC, once for every school. */
export const schedules: readonly Schedule[] = [...userSchedules, ...notificationSchedules]
