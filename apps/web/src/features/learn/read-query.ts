import { ProblemError } from '@lyceum/client'
import type { UseQueryResult } from '@tanstack/react-query'

/** What stands between a screen and its data; without a line nothing is even tried, and that is an answer too. */
export function failureOf({ data, error, fetchStatus }: UseQueryResult): unknown {
  if (data !== undefined) return undefined
  return error ?? (fetchStatus === 'paused' ? offline() : undefined)
}

const offline = () =>
  new ProblemError({
    type: 'about:blank',
    title: 'Offline',
    status: 0,
    detail: 'This has not been opened on this device yet. It is shown as soon as you are online.',
    code: 'network.not-kept',
    requestId: ''
  })
