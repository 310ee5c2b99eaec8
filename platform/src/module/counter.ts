import type { Static } from 'typebox'
import { Check } from 'typebox/value'
import type { EventType } from '../contract/contract.ts'

/** Something that schools do and operators want to see in numbers, told by an event that the module tells anyway. */
export interface Counter {
  readonly event: EventType
  /** `lyceum_<plural>_total`; where it has another unit than things, the unit comes before `total`. */
  readonly series: string
  readonly help: string
  /** How much an event counts. */
  readonly amount: (payload: unknown) => number
}

/**
 * Counts an event by school. Nothing but the school's id becomes a label: no course, no person.
 * @param amount what one event counts; 0 for those that do not
 */
export const counter = <E extends EventType>(
  event: E,
  series: string,
  help: string,
  amount: (payload: Static<E['payload']>) => number = () => 1
): Counter => ({
  event,
  series,
  help,
  amount: (payload) => (Check(event.payload, payload) ? amount(payload as Static<E['payload']>) : 0)
})
