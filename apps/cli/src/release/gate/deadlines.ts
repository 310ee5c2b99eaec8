import type { Impact } from '@lyceum/platform/probe'

/** Work of people that ends at a moment of its own after `from`, in words; null where there is none. */
export function openDeadlines(impact: readonly Impact[], from: Date): string | null {
  const due = impact.filter(({ count, until }) => count > 0 && until !== null && Date.parse(until) > from.getTime())
  if (due.length === 0) return null
  const last = due
    .map(({ until }) => until ?? '')
    .sort()
    .at(-1)
  return `${due.map(({ count, what }) => `${count} ${what}`).join(', ')}, the last until ${last}`
}
