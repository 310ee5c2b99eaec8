import { crossedFreezes, freezeStateAt } from '@lyceum/course/academic-calendar'
import { courseContract, type Freeze } from '@lyceum/course/contract'
import { installationEntry } from '@lyceum/platform/runtime'
import type { Composition } from '@lyceum/server/compose'
import { listSchools, type School } from '../schools.ts'

/** A freeze and whose it is. */
export interface SchoolFreeze extends Freeze {
  readonly school: { readonly id: string; readonly slug: string; readonly name: string }
  /** IANA zone in which the school reads its clocks. */
  readonly timeZone: string
}

export interface InstallationFreezes {
  /** Whether every school is open at `from`. */
  readonly open: boolean
  /** Why not, at `from`. */
  readonly because: readonly SchoolFreeze[]
  /** When all schools are open again, an instant; null where that needs somebody to act, and while they are open. */
  readonly until: string | null
  /** The freeze that begins first after `from`. */
  readonly next: SchoolFreeze | null
  /** Every freeze that work from `from` to `to` would run into; empty means: go. */
  readonly crossed: readonly SchoolFreeze[]
}

/**
 * Whether the installation may be changed from one instant to another, such as from now to the worst-case end of a release.
 * All schools count that are not suspended: any school frozen means the installation is frozen. The margin before exams is
 * part of a freeze, and a school about whose exams nothing is known is frozen (see `freezesOf`). An installation without
 * schools is open.
 * @param from usually now
 * @param to the latest instant at which the work could still be under way; `from` for asking about one instant
 * @throws what the database or a school's calendar throws; whoever asks must take that as frozen
 */
export async function readFreezes(product: Composition, from: Date, to: Date): Promise<InstallationFreezes> {
  const freezes = await allFreezes(product)
  return { ...freezeStateAt(freezes, from), crossed: crossedFreezes(freezes, from, to) }
}

/** Every freeze of every school that is not suspended, the past included. */
export async function allFreezes(product: Composition): Promise<SchoolFreeze[]> {
  const schools = (await listSchools(product)).filter(({ status }) => status === 'active')
  const freezes: SchoolFreeze[] = []
  for (const { id, slug, name } of schools) {
    const answer = await calendarOf(product, { id }).listFreezes({})
    freezes.push(
      ...answer.freezes.map((freeze) => ({ ...freeze, school: { id, slug, name }, timeZone: answer.timeZone }))
    )
  }
  return freezes
}

/** The calendar of a school, for the installation. */
export const calendarOf = ({ runtime }: Composition, { id }: Pick<School, 'id'>) =>
  runtime.runner('course', installationEntry(id)).asking.call(courseContract)
