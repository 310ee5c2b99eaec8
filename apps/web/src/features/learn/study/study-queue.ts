import { ProblemError } from '@lyceum/client'
import type { CourseHome, Item } from '@lyceum/course/contract'
import type { QueryClient } from '@tanstack/react-query'
import { api, apiWhileLeaving } from '../../../api.ts'
import { reportKept, whileSaving } from '../../../ui/saving.ts'
import type { Report, ReportAnswer } from './report.ts'
import { createReportQueue, type Failure, type Kept, type ReportQueue } from './report-queue.ts'
import { createReportStore } from './report-store.ts'

/** What the server's answer to a report changed. */
export interface StudyNews {
  readonly courseId: string
  readonly itemId: string
  readonly itemCompleted: boolean
  readonly courseCompleted: boolean
  readonly unlocked: ReportAnswer['unlocked']
}

export type StudyNotice =
  | { readonly kind: 'news'; readonly news: StudyNews }
  | { readonly kind: 'refused'; readonly error: unknown }

/** A line that hangs for longer is given up, so that what follows is not held up. */
const PATIENCE_MS = 30_000

const listeners = new Set<(notice: StudyNotice) => void>()
let client: QueryClient | undefined

/** Hears what answers changed, from whichever screen the report came. */
export function onStudyNotice(listener: (notice: StudyNotice) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** One for the whole tab: a report outlives the screen it came from. */
export const studyQueue: ReportQueue = createReportQueue({
  store: createReportStore(),
  send,
  failureOf,
  onAnswer: applyAnswer,
  onRefused: ({ report }, error) => {
    void client?.invalidateQueries({ queryKey: ['getItem', { itemId: report.itemId }] })
    void client?.invalidateQueries({ queryKey: ['getCourseHome'] })
    tell({ kind: 'refused', error })
  },
  onStuck: (count) => reportKept('study', count)
})

/** Sends what this person has left on this device and whatever they report from now on. */
export function startStudyQueue(userId: string, queryClient: QueryClient): void {
  if (client === undefined) {
    window.addEventListener('online', () => void studyQueue.flush())
    // The one moment a phone is sure to tell before it closes the page.
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') void studyQueue.flush(true)
    })
    window.addEventListener('pagehide', () => void studyQueue.flush(true))
  }
  client = queryClient
  void studyQueue.start(userId)
}

function send(report: Report, leaving: boolean): Promise<ReportAnswer> {
  const answer = leaving
    ? apiWhileLeaving.course.saveProgress(report)
    : api.course.saveProgress(report, { signal: AbortSignal.timeout(PATIENCE_MS) })
  // A mark set by hand is work of its own; the quiet reports in between would only make the chip flicker.
  return report.done === undefined ? answer : whileSaving(answer)
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof ProblemError)) return { kind: 'later' }
  const { status, code, problem } = error
  if (status === 401) return { kind: 'ended' }
  // Only the course itself can say no for good; a proxy or a busy server cannot.
  if (status >= 400 && status < 500 && (code.startsWith('course.') || status === 422)) return { kind: 'refused' }
  const retryAfter = 'retryAfter' in problem ? Number(problem.retryAfter) : Number.NaN
  return retryAfter > 0 ? { kind: 'later', afterMs: retryAfter * 1000 } : { kind: 'later' }
}

/** Puts the server's word into what is on the screens, and tells them what is new. */
function applyAnswer({ courseId, report }: Kept, answer: ReportAnswer): void {
  if (!client) return
  const { itemId, state, completedAt, watchedPercent, secondsSpent, progress, unlocked } = answer
  const homeKey = ['getCourseHome', { courseId }]
  const before = client.getQueryData<CourseHome>(homeKey)
  const itemBefore = before?.units.flatMap(({ items }) => items).find(({ id }) => id === itemId)
  const changed = itemBefore !== undefined && (itemBefore.state === 'completed') !== (state === 'completed')

  // What was asked before this answer is older than it.
  if (changed) void client.cancelQueries({ queryKey: ['getItem', { itemId }] })
  client.setQueryData<Item>(['getItem', { itemId }], (item) =>
    item
      ? {
          ...item,
          state,
          completedAt,
          watchedPercent,
          secondsSpent,
          ...(report.position ? { position: report.position } : {})
        }
      : item
  )
  client.setQueryData<CourseHome>(homeKey, (home) =>
    home
      ? {
          ...home,
          progress,
          units: home.units.map((unit) => ({
            ...unit,
            items: unit.items.map((item) => (item.id === itemId ? { ...item, state, completedAt } : item))
          }))
        }
      : home
  )
  void client.invalidateQueries({ queryKey: ['getDashboard'] })
  if (changed) void client.invalidateQueries({ queryKey: homeKey })
  for (const open of unlocked)
    void client.invalidateQueries({ queryKey: ['getItem', { itemId: open.itemId }], refetchType: 'all' })
  tell({
    kind: 'news',
    news: {
      courseId,
      itemId,
      itemCompleted: changed && state === 'completed',
      courseCompleted: before?.progress.completedAt === null && progress.completedAt !== null,
      unlocked
    }
  })
}

function tell(notice: StudyNotice): void {
  for (const listener of listeners) listener(notice)
}
