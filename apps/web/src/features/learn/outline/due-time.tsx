import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs'
import { useEffect, useState } from 'react'
import { absoluteTime, relativeTime } from '../../../ui/time-words.ts'
import classes from './due-time.module.css'
import { useReader } from './use-reader.ts'

const SOON_MS = 24 * 3_600_000

/** "Due Tue 3 Feb, 14:05 · in 5 hours" in the viewer's zone; past dates of finished work do not shout. */
export function DueTime({ at, finished = false }: { readonly at: string; readonly finished?: boolean }) {
  const { t, locale, timeZone } = useReader()
  const now = useMinute()
  const instant = new Date(at)
  const left = instant.getTime() - now.getTime()
  const when = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
    ...(instant.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
    ...(timeZone ? { timeZone } : {})
  }).format(instant)
  const urgency = finished ? 'none' : left < 0 ? 'past' : left < SOON_MS ? 'soon' : 'none'
  return (
    <time className={classes.due} dateTime={at} title={absoluteTime(instant, locale, timeZone)} data-urgency={urgency}>
      <IconClock size={16} aria-hidden />
      <span>{t(left < 0 ? 'wasDue' : 'due', { when, relative: relativeTime(instant, now, locale) })}</span>
    </time>
  )
}

function useMinute(): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 60_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
