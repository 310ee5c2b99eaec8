import type { Composition } from '@lyceum/server/compose'
import { allFreezes, type SchoolFreeze } from './read-freezes.ts'

/**
 * Exams of any school at some instant from one to another, first the one that begins first. What is not known about a
 * school's exams holds releases, but needs no machines.
 */
export const examsBetween = async (product: Composition, from: Date, to: Date): Promise<SchoolFreeze[]> =>
  examsIn(await allFreezes(product), from, to)

export const examsIn = (freezes: readonly SchoolFreeze[], from: Date, to: Date): SchoolFreeze[] =>
  freezes
    .filter(({ because, startsAt, until }) => {
      if (because !== 'exam-period') return false
      const begins = startsAt === null ? Number.NEGATIVE_INFINITY : Date.parse(startsAt)
      const ends = until === null ? Number.POSITIVE_INFINITY : Date.parse(until)
      return begins <= to.getTime() && ends > from.getTime()
    })
    .sort((one, two) => (one.startsAt ?? '').localeCompare(two.startsAt ?? ''))
