import { ProblemError } from '@lyceum/client'
import { QueryClient } from '@tanstack/react-query'

/** Reads are tried again when the line failed, never when the server has answered; changes are never sent twice. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 20_000,
        gcTime: 30 * 60_000,
        retry: (failures, error) =>
          failures < 2 && error instanceof ProblemError && (error.status === 0 || error.status >= 502),
        retryDelay: (failures) => 600 * 2 ** failures
      },
      mutations: { retry: false }
    }
  })
