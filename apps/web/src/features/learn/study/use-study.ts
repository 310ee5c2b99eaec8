import type { Item } from '@lyceum/course/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react'
import { v7 as uuidv7 } from 'uuid'
import { useMe } from '../../../shell/session.ts'
import type { Report } from './report.ts'
import { createStudyClock, type StudyClock } from './study-clock.ts'
import { onStudyNotice, type StudyNotice, startStudyQueue, studyQueue } from './study-queue.ts'

/** Time is told to the server this often; a phone has better things to do than to send every second. */
const TELL_EVERY_SECONDS = 20

type Part = Omit<Report, 'itemId' | 'visit'>

export interface Study {
  /** Seconds in this item, this visit included. */
  readonly seconds: number
  /** Adds to what is told about this visit; `urgent` sends it now. */
  readonly report: (part: Part, urgent?: boolean) => void
  /** Something plays that is watched without moving. */
  readonly setBusy: (busy: boolean) => void
  /** Called right before the page is left, for a last word. */
  readonly onLeave: (tell: () => void) => () => void
}

/** What waits on this device, by item; drawn over what the server said. */
export function usePending(): ReadonlyMap<string, Report> {
  const { id } = useMe()
  const queryClient = useQueryClient()
  // Before the effects of what is drawn below, which may report at once.
  useLayoutEffect(() => startStudyQueue(id, queryClient), [id, queryClient])
  return useSyncExternalStore(studyQueue.subscribe, studyQueue.pending)
}

/** Hears what the server's answers changed while this screen is shown. */
export function useStudyNotice(hear: (notice: StudyNotice) => void): void {
  const latest = useRef(hear)
  latest.current = hear
  useEffect(() => onStudyNotice((notice) => latest.current(notice)), [])
}

/**
 * One visit to one item: that it was opened, the time somebody was there, and whatever its content adds.
 * @param active false for whoever does not study here (staff, a view as learner, a locked item): nothing is told
 * @param quietly tells nothing before the content does, for items that are only opened by a further step
 */
export function useStudy(item: Item, active: boolean, quietly: boolean): Study {
  const { id: itemId, courseId, completion } = item
  const [visited, setVisited] = useState(0)
  const [base] = useState(item.secondsSpent)
  const [visit] = useState(() => ({ id: uuidv7(), clock: createStudyClock(performance.now()) }))
  const busy = useRef(false)
  const leavers = useRef(new Set<() => void>())
  const speaking = useRef(false)

  const report = useCallback(
    (part: Part, urgent = false) => {
      if (!active) return
      speaking.current = true
      studyQueue.add(courseId, { itemId, ...part, visit: { id: visit.id, seconds: visit.clock.seconds() } }, urgent)
    },
    [active, courseId, itemId, visit]
  )

  useEffect(() => {
    if (!quietly) report({ opened: true }, true)
  }, [quietly, report])

  const goal = completion.kind === 'time' ? completion.seconds : Number.POSITIVE_INFINITY
  useEffect(() => {
    if (!active) return
    let told = 0
    const timer = setInterval(() => {
      tick(visit.clock, busy.current)
      const seconds = visit.clock.seconds()
      setVisited(seconds)
      const reached = base + seconds >= goal && base + told < goal
      if (!speaking.current || (seconds - told < TELL_EVERY_SECONDS && !reached)) return
      told = seconds
      report({}, reached)
    }, 1000)
    const touch = () => visit.clock.touch(performance.now())
    const leave = () => {
      if (document.visibilityState === 'visible') return
      tick(visit.clock, busy.current)
      for (const tell of leavers.current) tell()
      if (speaking.current) report({})
    }
    for (const sign of SIGNS_OF_LIFE) window.addEventListener(sign, touch, { passive: true, capture: true })
    // Before the queue hears of it, which listens at the document and only then sends.
    window.addEventListener('visibilitychange', leave, { capture: true })
    return () => {
      clearInterval(timer)
      for (const sign of SIGNS_OF_LIFE) window.removeEventListener(sign, touch, { capture: true })
      window.removeEventListener('visibilitychange', leave, { capture: true })
    }
  }, [active, base, goal, report, visit])

  useEffect(() => {
    const tellers = leavers.current
    return () => {
      for (const tell of tellers) tell()
      if (speaking.current) report({}, true)
    }
  }, [report])

  return {
    seconds: Math.max(item.secondsSpent, base + visited),
    report,
    setBusy: useCallback((now) => {
      busy.current = now
    }, []),
    onLeave: useCallback((tell) => {
      leavers.current.add(tell)
      return () => leavers.current.delete(tell)
    }, [])
  }
}

const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove', 'scroll'] as const

const tick = (clock: StudyClock, busy: boolean): void =>
  clock.tick(performance.now(), { visible: document.visibilityState === 'visible', busy })
