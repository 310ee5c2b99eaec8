import { defineError } from '@lyceum/platform/errors'

export const UnitNotFound = defineError(
  'course.unit-not-found',
  'not-found',
  (id: string) => `There is no unit ${id} any more. Go back to the course; a teacher can restore what was removed.`
)
export const UnitStale = defineError(
  'course.unit-stale',
  'stale',
  (_version: number) => 'Somebody changed this unit in the meantime. Look at the newest version, then change it again.',
  (version) => ({ facts: { version } })
)
export const UnitRemoved = defineError(
  'course.unit-removed',
  'conflict',
  (title: string) => `The unit “${title}” has been removed. Restore it first.`
)
