import type { Page } from '@lyceum/course/contract'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api } from '../../../../api.ts'
import { problemOf } from '../../../../ui/problem.ts'
import { reportKept, whileSaving } from '../../../../ui/saving.ts'
import { removeDraft, writeDraft } from './draft-store.ts'
import { stalePageOf, type TheirPage } from './stale-page.ts'

const SAVE_AFTER_MS = 2_000
const KEEP_AFTER_MS = 400
const RETRY_MS = [3_000, 10_000, 30_000, 60_000] as const

export interface Conflict {
  /** What both started from. */
  readonly base: string
  readonly mine: string
  readonly theirs: TheirPage
}

interface Options {
  readonly page: Page
  readonly draftKey: string
  /** The page as it stands in the editor now. */
  readonly read: () => string
}

/**
 * Saves a page by itself: two seconds after the last change, when the window loses the focus and when it closes. What
 * the server does not have yet is kept on this device. A version of somebody else stops saving until it is settled.
 */
export function useAutosave({ page, draftKey, read }: Options) {
  const [state, setState] = useState<'saved' | 'unsaved' | 'saving' | 'kept' | 'refused'>('saved')
  const [savedAt, setSavedAt] = useState(page.savedAt)
  const [error, setError] = useState<unknown>()
  const [conflict, setConflict] = useState<Conflict>()
  const now = useRef({ version: page.version, base: page.html, dirty: false, stopped: false, tries: 0 })
  const busy = useRef<Promise<void>>(undefined)
  const timers = useRef<{ save?: ReturnType<typeof setTimeout>; keep?: ReturnType<typeof setTimeout> }>({})
  const reading = useRef(read)
  reading.current = read

  const keep = useCallback(() => {
    clearTimeout(timers.current.keep)
    const { base, version, dirty } = now.current
    if (!dirty) return
    void writeDraft(draftKey, {
      html: reading.current(),
      baseHtml: base,
      baseVersion: version,
      at: new Date().toISOString()
    })
  }, [draftKey])

  const adopt = useCallback(
    (saved: Page) => {
      const { current } = now
      current.version = saved.version
      current.base = saved.html
      current.tries = 0
      setSavedAt(saved.savedAt)
      setError(undefined)
      reportKept(draftKey, 0)
      if (current.dirty) return keep()
      setState('saved')
      clearTimeout(timers.current.keep)
      void removeDraft(draftKey)
    },
    [draftKey, keep]
  )

  const send = useCallback(async (): Promise<void> => {
    const { current } = now
    if (!current.dirty || current.stopped) return
    const html = reading.current()
    current.dirty = false
    setState('saving')
    try {
      const itemId = page.itemId
      adopt(await whileSaving(api.course.savePage({ itemId, html }, { ifMatch: current.version })))
    } catch (fault) {
      current.dirty = true
      keep()
      const theirs = stalePageOf(fault)
      if (theirs) {
        current.stopped = true
        setState('unsaved')
        setConflict({ base: current.base, mine: html, theirs })
        return
      }
      setError(fault)
      const status = problemOf(fault)?.status ?? 0
      const mayPass = status === 0 || status === 429 || status >= 500
      setState(mayPass ? 'kept' : 'refused')
      reportKept(draftKey, 1)
      if (mayPass) {
        const wait = RETRY_MS[Math.min(current.tries++, RETRY_MS.length - 1)]
        timers.current.save = setTimeout(() => void flushRef.current(), wait)
      }
    }
  }, [adopt, draftKey, keep, page.itemId])

  const flush = useCallback(async (): Promise<void> => {
    clearTimeout(timers.current.save)
    keep()
    await busy.current
    busy.current = send()
    await busy.current
  }, [keep, send])
  const flushRef = useRef(flush)
  flushRef.current = flush

  const touch = useCallback(() => {
    now.current.dirty = true
    setState((before) => (before === 'kept' ? before : 'unsaved'))
    clearTimeout(timers.current.save)
    clearTimeout(timers.current.keep)
    timers.current.keep = setTimeout(keep, KEEP_AFTER_MS)
    timers.current.save = setTimeout(() => void flushRef.current(), SAVE_AFTER_MS)
  }, [keep])

  useEffect(() => {
    const leave = () => void flushRef.current()
    const hide = () => document.visibilityState === 'hidden' && leave()
    window.addEventListener('blur', leave)
    window.addEventListener('pagehide', leave)
    window.addEventListener('online', leave)
    document.addEventListener('visibilitychange', hide)
    return () => {
      window.removeEventListener('blur', leave)
      window.removeEventListener('pagehide', leave)
      window.removeEventListener('online', leave)
      document.removeEventListener('visibilitychange', hide)
    }
  }, [])

  return {
    state,
    savedAt,
    error,
    conflict,
    touch,
    flush,
    /** Shows a conflict that was found before anything was sent, such as an old draft. */
    confront: (found: Conflict) => {
      now.current.stopped = true
      setConflict(found)
    },
    /** Saves what came of a conflict; somebody may have been faster once more. */
    resolve: async (html: string) => {
      if (!conflict) return
      try {
        const itemId = page.itemId
        const saved = await whileSaving(api.course.savePage({ itemId, html }, { ifMatch: conflict.theirs.version }))
        now.current.dirty = false
        now.current.stopped = false
        adopt(saved)
        setConflict(undefined)
      } catch (fault) {
        const theirs = stalePageOf(fault)
        if (!theirs) throw fault
        setConflict({ base: conflict.theirs.html, mine: html, theirs })
      }
    }
  }
}
