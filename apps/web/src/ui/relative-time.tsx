import { useEffect, useState } from 'react'
import { absoluteTime, relativeTime, shortTime } from './time-words.ts'
import { useViewer } from './viewer.tsx'

interface Props {
  /** ISO 8601 instant. */
  readonly at: string
  /** `relative` is "in 5 hours"; `both` adds the short date; `short` is the date and time alone. */
  readonly show?: 'relative' | 'both' | 'short'
}

/** A moment in the viewer's zone and language, kept up to date, with the full date on hover. */
export function RelativeTime({ at, show = 'relative' }: Props) {
  const { timeZone, locale } = useViewer()
  const now = useNow()
  const instant = new Date(at)
  const short = shortTime(instant, locale, timeZone)
  const relative = relativeTime(instant, now, locale)
  return (
    <time dateTime={at} title={absoluteTime(instant, locale, timeZone)}>
      {show === 'short' ? short : show === 'both' ? `${short} · ${relative}` : relative}
    </time>
  )
}

function useNow(): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
