import ICAL from 'ical.js'
import type { CalendarKind } from '../contract.ts'
import { isZone } from './academic-calendar.ts'
import { EventFault, kindIn } from './calendar-import.ts'

/** A day or a time as the file writes it, with the zone it is in; null for times that mean the reader's own. */
export interface Written {
  readonly text: string
  readonly zone: string | null
  readonly wholeDay: boolean
}

export interface FileEvent {
  readonly uid: string
  readonly title: string
  readonly kind: CalendarKind | null
  readonly status: string
  /** Set where this is one occurrence of a repeated event, moved or called off: when it was planned. */
  readonly planned: string | null
  readonly start: Written
  readonly end: Written | null
  readonly duration: string | null
  readonly rules: readonly string[]
  readonly added: readonly Written[]
  readonly left: readonly Written[]
  readonly unknownZones: readonly string[]
}

/**
 * One event as its file has it.
 * @param block from `BEGIN:VEVENT` to `END:VEVENT`
 * @throws EventFault, and what the parser throws, where it cannot be read
 */
export function readEvent(block: string): FileEvent {
  const event = new ICAL.Component(ICAL.parse(block))
  const text = (name: string) =>
    String(event.getFirstPropertyValue(name) ?? '')
      .replaceAll(/\p{Cc}+/gu, ' ')
      .trim()
  const written = (name: string) => event.getAllProperties(name).flatMap(writtenIn)
  const [start] = written('dtstart')
  const [planned] = written('recurrence-id')
  const uid = text('uid')
  if (uid === '') throw new EventFault('no-uid', 'The event has no UID, so importing it again would double it.')
  if (uid.length > 500) throw new EventFault('long-uid', 'The UID of the event is longer than 500 characters.')
  if (!start) throw new EventFault('no-start', 'The event does not say when it begins (DTSTART).')
  if (event.getFirstProperty('recurrence-id')?.getFirstParameter('range'))
    throw new EventFault('range', 'The event changes all later occurrences at once (RANGE). Enter it by hand.')
  const title = text('summary').slice(0, 200) || uid.slice(0, 200)
  const categories = event.getAllProperties('categories').flatMap((property) => property.getValues().map(String))
  const all = [start, ...written('dtend'), ...written('rdate'), ...written('exdate')]
  return {
    uid,
    title,
    kind: kindIn(categories, title),
    status: text('status').toUpperCase(),
    planned: planned ? planned.text : null,
    start,
    end: written('dtend')[0] ?? null,
    duration: event.getFirstProperty('duration') ? text('duration') : null,
    rules: event.getAllProperties('rrule').map((property) => String(property.getFirstValue())),
    added: written('rdate'),
    left: written('exdate'),
    unknownZones: [...new Set(all.flatMap(({ zone }) => (zone === null || isZone(zone) ? [] : [zone])))]
  }
}

/** The values of a property as they stand there: the library would put dates right that do not exist. */
function writtenIn(property: ICAL.Property): Written[] {
  const [, parameters, type, ...values]: unknown[] = property.toJSON()
  const tzid = typeof parameters === 'object' && parameters !== null && 'tzid' in parameters ? parameters.tzid : null
  return values.map((value) => {
    const text = String(value)
    const utc = text.endsWith('Z')
    return {
      text: utc ? text.slice(0, -1) : text,
      zone: utc ? 'UTC' : typeof tzid === 'string' ? tzid : null,
      wholeDay: type === 'date'
    }
  })
}
