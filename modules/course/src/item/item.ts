import { defineError, invalidFields } from '@lyceum/platform/errors'
import type { CompletionRule, ItemKind } from '../contract.ts'

export const ItemNotFound = defineError(
  'course.item-not-found',
  'not-found',
  (id: string) => `There is no item ${id} any more. Go back to the course; a teacher can restore what was removed.`
)
export const ItemStale = defineError(
  'course.item-stale',
  'stale',
  (_version: number) => 'Somebody changed this item in the meantime. Look at the newest version, then change it again.',
  (version) => ({ facts: { version } })
)

const DEFAULTS: Record<ItemKind, CompletionRule> = {
  page: { kind: 'open' },
  // The last tenth of a video is credits and applause.
  video: { kind: 'watched', percent: 90 },
  file: { kind: 'open' },
  link: { kind: 'open' },
  heading: { kind: 'none' }
}

export const defaultCompletion = (kind: ItemKind): CompletionRule => DEFAULTS[kind]

/** Refuses a rule that nobody could ever satisfy. */
export function mustSuit(kind: ItemKind, rule: CompletionRule): void {
  if (kind === 'heading' && rule.kind !== 'none') throw UnsuitableRule('A heading cannot be completed.')
  if (rule.kind === 'watched' && kind !== 'video')
    throw UnsuitableRule('Only a video can be watched. Choose opening it, the time spent or marking it as done.')
}

const UnsuitableRule = (message: string) => invalidFields([{ field: '/completion', code: 'unsuitable', message }])

/** A web address as somebody typed it, made absolute; only the web is allowed, scripts in particular are not. */
export function readAddress(typed: string | null): string | null {
  if (typed === null || typed.trim() === '') return null
  const address = URL.parse(typed.trim()) ?? URL.parse(`https://${typed.trim()}`)
  if (address?.protocol === 'https:' || address?.protocol === 'http:') return address.href
  throw invalidFields([
    { field: '/url', code: 'not-a-web-address', message: 'Give an address that starts with https://.' }
  ])
}

const WORDS_PER_MINUTE = 200

/** Minutes it takes to read a page, one at least; used where its author says nothing. */
export function readingMinutes(html: string): number {
  const words = html.replace(/<[^>]*>/g, ' ').match(/[\p{L}\p{N}]+/gu)?.length ?? 0
  return Math.max(1, Math.round(words / WORDS_PER_MINUTE))
}
