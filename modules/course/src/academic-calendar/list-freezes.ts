import { type Asking, askFirst } from '@lyceum/platform/module'
import { userContract } from '@lyceum/user/contract'
import type { CourseContext, Given } from '../context.ts'
import { crossedFreezes, freezeStateAt, freezesOf } from './academic-calendar.ts'
import { currentEntries } from './select-entries.ts'

/** No release is planned further ahead than this looks, nor asked about so long after. */
const FAR = { past: new Date(0), future: new Date('9999-12-31T23:59:59.999Z') }

/** When the school holds releases: at `at` (now unless given), and every freeze that touches `from` to `to`. */
export const listFreezes = askFirst(
  ({ call }: Asking, _: Given<'listFreezes'>) => call(userContract).getSchool({}),
  async (context: CourseContext, { at, from, to }: Given<'listFreezes'>, { name, timeZone }) => {
    const freezes = freezesOf(await currentEntries(context), timeZone)
    return {
      schoolName: name,
      timeZone,
      state: freezeStateAt(freezes, at === undefined ? context.now : new Date(at)),
      freezes: crossedFreezes(
        freezes,
        from === undefined ? FAR.past : new Date(from),
        to === undefined ? FAR.future : new Date(to)
      )
    }
  }
)
