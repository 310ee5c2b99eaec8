import type { Schedule } from '@lyceum/platform/module'

/** What runs on a clock, in UTC, once for every school. */
export const schedules: readonly Schedule[] = []
