import type {
  CompletionRule,
  CourseHome,
  courseContract,
  Item,
  OutlineItem,
  ProgressState
} from '@lyceum/course/contract'
import type { Input, Output } from '@lyceum/platform/contract'
import { mergeRanges } from './watched.ts'

/** What one visit to an item has to tell so far; safe to send twice and late. */
export type Report = Input<typeof courseContract, 'saveProgress'>
export type ReportAnswer = Output<typeof courseContract, 'saveProgress'>

/** Two reports as one: the later word on where one is and on the mark, the longer time, everything watched. */
export function mergeReports(before: Report | undefined, later: Report): Report {
  if (!before) return later
  const visit = longer(before.visit, later.visit)
  const watched =
    before.watched && later.watched
      ? { duration: later.watched.duration, ranges: mergeRanges(before.watched.ranges, later.watched.ranges) }
      : (later.watched ?? before.watched)
  return { ...before, ...later, ...(visit ? { visit } : {}), ...(watched ? { watched } : {}) }
}

function longer(before: Report['visit'], later: Report['visit']): Report['visit'] {
  if (!before || !later || before.id !== later.id) return later ?? before
  return { id: later.id, seconds: Math.max(before.seconds, later.seconds) }
}

type Studied = Pick<OutlineItem, 'completion' | 'state' | 'lock'>

/**
 * The state as it will be once the server has the report; its answer has the last word. Seconds and share watched are
 * left to the server, which knows what was reported from other devices.
 */
function stateWith(item: Studied, report: Report | undefined): ProgressState {
  if (!report || item.lock.length > 0) return item.state
  if (report.done === false && item.completion.kind === 'done') return 'in-progress'
  if (item.state === 'completed') return 'completed'
  return isCompletedBy(item.completion, report) ? 'completed' : 'in-progress'
}

const isCompletedBy = (rule: CompletionRule, report: Report): boolean =>
  rule.kind === 'open' || (rule.kind === 'done' && report.done === true)

/** An item with what waits on this device laid over it. */
export const itemWith = (item: Item, report: Report | undefined): Item =>
  report ? { ...item, state: stateWith(item, report), position: report.position ?? item.position } : item

/** A course with what waits on this device laid over it; locks stay until the server opens them. */
export function homeWith(home: CourseHome, pending: ReadonlyMap<string, Report>): CourseHome {
  let gained = 0
  let minutes = 0
  const units = home.units.map((unit) => ({
    ...unit,
    items: unit.items.map((item) => {
      const state = stateWith(item, pending.get(item.id))
      if (state === item.state) return item
      const step = Number(state === 'completed') - Number(item.state === 'completed')
      if (item.published && item.completion.kind !== 'none') {
        gained += step
        minutes += step * (item.minutes ?? 0)
      }
      return { ...item, state }
    })
  }))
  const { completed, total, minutesLeft } = home.progress
  return {
    ...home,
    units,
    progress: {
      ...home.progress,
      completed: Math.min(total, Math.max(0, completed + gained)),
      minutesLeft: Math.max(0, minutesLeft - minutes)
    }
  }
}
