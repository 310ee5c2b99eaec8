const MINUTE_MS = 60_000

/**
 * An instant as `<input type="datetime-local">` wants it, in the viewer's zone.
 * @param timeZone IANA name; the device's own unless given
 */
export function toLocalInput(instant: string, timeZone?: string): string {
  return localParts(new Date(instant), timeZone).slice(0, 16)
}

/**
 * The instant meant by a local time of the viewer's zone. A time that a change of clocks skips is taken as the same
 * distance after midnight; one that it repeats is taken as the first.
 * @param second what the input leaves open: 0 for a beginning, 59 for the end of a minute
 */
export function fromLocalInput(local: string, timeZone?: string, second: 0 | 59 = 0): string {
  const wall = Date.parse(`${local}:00Z`)
  // The offset may differ between the guess and the answer; the second look settles it.
  let instant = wall - offsetAt(wall, timeZone)
  instant = wall - offsetAt(instant, timeZone)
  return new Date(instant + second * 1000).toISOString()
}

/** Milliseconds the zone's clocks are ahead of UTC at an instant. */
function offsetAt(instant: number, timeZone: string | undefined): number {
  const whole = Math.floor(instant / MINUTE_MS) * MINUTE_MS
  return Date.parse(`${localParts(new Date(whole), timeZone)}Z`) - whole
}

function localParts(instant: Date, timeZone: string | undefined): string {
  // Swedish writes dates as ISO 8601 does, with a space.
  const written = new Intl.DateTimeFormat('sv-SE', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(timeZone ? { timeZone } : {})
  }).format(instant)
  return written.replace(' ', 'T')
}
