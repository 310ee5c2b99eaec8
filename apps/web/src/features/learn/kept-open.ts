import { query } from '../../api.ts'

/** What has been opened stays readable without a line for as long as the tab lives. */
const KEPT = { gcTime: Number.POSITIVE_INFINITY }

/** `asLearner` is left out where it is false, so that one answer serves all who ask. */
export const homeQuery = (courseId: string, asLearner: boolean) => ({
  ...query('course', 'getCourseHome', { courseId, ...(asLearner ? { asLearner } : {}) }),
  ...KEPT
})

export const itemQuery = (itemId: string, asLearner: boolean) => ({
  ...query('course', 'getItem', { itemId, ...(asLearner ? { asLearner } : {}) }),
  ...KEPT
})
