import { freezeWords } from '../../freeze/freeze-words.ts'
import { readFreezes as readCalendars } from '../../freeze/read-freezes.ts'
import { withProduct } from '../../installation.ts'
import type { ReadFreezes } from '../gate/gate.ts'

/** A freeze that ends only when somebody says something about exams. */
const ENDLESS = new Date(8_640_000_000_000_000)

/** What the academic calendars of all schools hold against a release, by school and with their margins. */
export const readFreezes: ReadFreezes = async (from, to) => {
  const { crossed } = await withProduct((product) => readCalendars(product, from, to))
  return {
    readAt: from,
    freezes: crossed.map((freeze) => ({
      name: freezeWords(freeze, from),
      start: freeze.from === null ? from : new Date(freeze.from),
      end: freeze.until === null ? ENDLESS : new Date(freeze.until)
    }))
  }
}
