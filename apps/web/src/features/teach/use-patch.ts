import { useCallback, useEffect, useRef, useState } from 'react'
import { problemOf } from '../../ui/problem.ts'
import { whileSaving } from '../../ui/saving.ts'

const PAUSE_MS = 900

interface Options<Fields> {
  readonly initial: Fields
  readonly version: number
  readonly send: (part: Partial<Fields>, version: number) => Promise<{ readonly version: number }>
  /** What is on the server now, after somebody else was faster. */
  readonly newest: () => Promise<{ readonly values: Fields; readonly version: number }>
}

export interface Patch<Fields> {
  readonly values: Fields
  readonly state: 'saved' | 'saving' | 'unsaved' | 'failed'
  readonly savedAt: string | undefined
  readonly error: unknown
  /** Fields that somebody else changed to something different meanwhile, with what they say there. */
  readonly clash: Partial<Fields> | undefined
  /** Changes fields; they are sent after a pause in typing, or at once. */
  readonly change: (part: Partial<Fields>, when?: 'soon' | 'now') => void
  readonly flush: () => Promise<void>
  readonly settle: (whose: 'mine' | 'theirs') => void
}

/**
 * Settings that save themselves: what is changed is sent by itself, and only that. When somebody else was faster, their
 * change to other fields is kept; only where both changed the same field somebody is asked.
 */
export function usePatch<Fields extends object>({ initial, version, send, newest }: Options<Fields>): Patch<Fields> {
  const [values, setValues] = useState(initial)
  const [state, setState] = useState<Patch<Fields>['state']>('saved')
  const [savedAt, setSavedAt] = useState<string>()
  const [error, setError] = useState<unknown>()
  const [clash, setClash] = useState<Partial<Fields>>()
  const known = useRef({ base: initial, version, pending: {} as Partial<Fields> })
  const sending = useRef<Promise<void>>(undefined)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const door = useRef({ send, newest })
  door.current = { send, newest }

  const deliver = useCallback(async (): Promise<void> => {
    const now = known.current
    while (Object.keys(now.pending).length > 0) {
      const part = now.pending
      now.pending = {}
      setState('saving')
      try {
        const { version } = await whileSaving(door.current.send(part, now.version))
        now.version = version
        now.base = { ...now.base, ...part }
        setError(undefined)
        setSavedAt(new Date().toISOString())
      } catch (fault) {
        now.pending = { ...part, ...now.pending }
        if (problemOf(fault)?.status !== 412) {
          setError(fault)
          setState('failed')
          return
        }
        const there = await door.current.newest()
        const theirs = differing(now.base, there.values, Object.keys(now.pending))
        now.base = there.values
        now.version = there.version
        setValues({ ...there.values, ...now.pending })
        if (Object.keys(theirs).length > 0) {
          setClash(theirs)
          setState('unsaved')
          return
        }
      }
    }
    setState('saved')
  }, [])

  const flush = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current)
    await sending.current
    sending.current = deliver().catch((fault: unknown) => {
      setError(fault)
      setState('failed')
    })
    await sending.current
  }, [deliver])

  const change = (part: Partial<Fields>, when: 'soon' | 'now' = 'soon') => {
    setValues((before) => ({ ...before, ...part }))
    known.current.pending = { ...known.current.pending, ...part }
    setState('unsaved')
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void flush(), when === 'now' ? 0 : PAUSE_MS)
  }

  const settle = (whose: 'mine' | 'theirs') => {
    if (whose === 'theirs') {
      const kept = Object.entries(known.current.pending).filter(([field]) => !(clash && field in clash))
      // The entries are those of `Partial<Fields>`; `fromEntries` forgets their types.
      known.current.pending = Object.fromEntries(kept) as Partial<Fields>
      setValues({ ...known.current.base, ...known.current.pending })
    }
    setClash(undefined)
    void flush()
  }

  useEffect(() => {
    const leave = () => void flush()
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [flush])

  return { values, state, savedAt, error, clash, change, flush, settle }
}

function differing<Fields extends object>(base: Fields, there: Fields, fields: readonly string[]): Partial<Fields> {
  const old = new Map(Object.entries(base))
  const changed = Object.entries(there).filter(
    ([field, value]) => fields.includes(field) && JSON.stringify(value) !== JSON.stringify(old.get(field))
  )
  // As above.
  return Object.fromEntries(changed) as Partial<Fields>
}
