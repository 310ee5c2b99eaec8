import type { Replacement } from './column-policy.ts'

/** Numbers that look random and are the same again for the same key, purpose and value. */
export interface Chance {
  /** From 0, below `below`. */
  whole(below: number): number
  /** One of a list that is not empty. */
  one<Item>(list: readonly [Item, ...Item[]] | readonly Item[]): Item
}

/** Whatever takes the place of texts that say who somebody is; the same text has the same stand-in everywhere in one run. */
export interface StandIns {
  replace(by: Replacement, value: string): string
  chance(purpose: string, value: string): Chance
}
