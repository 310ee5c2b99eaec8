import { useEffect, useSyncExternalStore } from 'react'
import { useNavigate } from 'react-router'

const OFF = 'lyceum.turning-keys-off'
const listeners = new Set<() => void>()

const areOn = (): boolean => localStorage.getItem(OFF) !== 'yes'

/** Single keys can be in the way of speech input, so they can be switched off (WCAG 2.2 SC 2.1.4). */
export function switchTurningKeys(on: boolean): void {
  localStorage.setItem(OFF, on ? 'no' : 'yes')
  for (const listener of listeners) listener()
}

export const useAreTurningKeysOn = (): boolean =>
  useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, areOn)

/** `n` goes to the next item and `p` to the one before, unless somebody is typing. */
export function useTurningKeys(previous: string | undefined, next: string | undefined): void {
  const navigate = useNavigate()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!areOn() || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return
      const to = event.code === 'KeyN' ? next : event.code === 'KeyP' ? previous : undefined
      if (to === undefined) return
      event.preventDefault()
      void navigate(to)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [previous, next, navigate])
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select, [role="dialog"]') !== null)
