import type { QueryClient } from '@tanstack/react-query'

/** What the server puts into a page besides its picture: the answers that the app would ask for first. */
export interface Served {
  /** Whether `#root` holds the whole screen, drawn from these answers, so that React can take it over as it is. */
  readonly drawn: boolean
  /** `perhaps`: there is a sign-in to renew. */
  readonly signedIn: 'yes' | 'perhaps' | 'no'
  readonly language: string
  /** As the server read them from `Accept-Language`. */
  readonly languages: readonly string[]
  /** What the server took for the device's zone. */
  readonly timeZone: string
  /** What every answer says of maintenance, added as the page goes out. */
  readonly maintenance?: string
  /** By the keys of their queries. */
  readonly answers: readonly Answer[]
}

export type Answer = readonly [key: readonly [operation: string, input: object], answer: unknown]

/** Undefined where the page came without, as from the development server. */
export function readServed(): Served | undefined {
  const text = document.getElementById('served')?.textContent
  // Written by `draw.tsx` of the same build.
  return text ? (JSON.parse(text) as Served) : undefined
}

/** Makes the answers known as if they had been asked for just now. */
export function fillQueries(queryClient: QueryClient, answers: readonly Answer[]): void {
  for (const [key, answer] of answers) queryClient.setQueryData(key, answer)
}
