import { inSteps } from '@lyceum/platform/module'
import type { CourseSteps, Given } from '../context.ts'
import type { CalendarImport } from '../contract.ts'
import { describePlan, planImport, readFile } from './plan-calendar-import.ts'

/** What importing would do, event by event. @throws calendar-import.not-a-calendar, calendar-import.too-many-events */
export const previewCalendarImport = inSteps(
  async (steps: CourseSteps, given: Given<'previewCalendarImport'>): Promise<CalendarImport> => {
    const file = await readFile(steps, given)
    return steps.transact(async (context) => describePlan(await planImport(context, file, given)))
  }
)
