import CircuitBreaker from 'opossum'
import { defineError } from '../errors.ts'

export const ServiceUnavailable = defineError(
  'service.unavailable',
  'unavailable',
  (service: string) =>
    `A part of the platform (${service}) does not answer. Nothing was changed; try again in a moment.`,
  () => ({ retryAfter: 3 })
)

export interface Breaker {
  /**
   * Runs `attempt`, unless so many failed lately that it would only make somebody wait.
   * @throws service.unavailable without having tried
   */
  run<Answer>(attempt: () => Promise<Answer>): Promise<Answer>
  readonly isOpen: boolean
}

export interface Breakers {
  /** One for each service: another one being away must not cut this one off. */
  of(service: string): Breaker
  states(): { readonly service: string; readonly isOpen: boolean }[]
}

/** Half of at least five attempts within ten seconds fail: asks no more, but for one attempt every three seconds. */
const LIMITS = {
  timeout: false,
  volumeThreshold: 5,
  errorThresholdPercentage: 50,
  rollingCountTimeout: 10_000,
  resetTimeout: 3_000
} as const

/** Keeps callers of a service that does not answer from queueing up behind it. Only what never answered counts. */
export function createBreakers(): Breakers & { close(): void } {
  const breakers = new Map<string, CircuitBreaker<[() => Promise<void>], void>>()
  const breakerOf = (service: string) => {
    const known = breakers.get(service)
    if (known) return known
    const made = new CircuitBreaker((attempt: () => Promise<void>) => attempt(), LIMITS)
    breakers.set(service, made)
    return made
  }
  return {
    of: (service) => {
      const breaker = breakerOf(service)
      return {
        get isOpen() {
          return breaker.opened
        },
        run: async <Answer>(attempt: () => Promise<Answer>): Promise<Answer> => {
          const { promise, resolve, reject } = Promise.withResolvers<Answer>()
          promise.catch(() => undefined)
          await breaker
            .fire(() =>
              attempt().then(resolve, (error: unknown) => {
                reject(error)
                throw error
              })
            )
            .catch((error: unknown) => {
              const isRefused = error instanceof Error && 'code' in error && error.code === 'EOPENBREAKER'
              if (isRefused) reject(ServiceUnavailable(service))
            })
          return promise
        }
      }
    },
    states: () => [...breakers].map(([service, { opened }]) => ({ service, isOpen: opened })),
    close: () => {
      for (const breaker of breakers.values()) breaker.shutdown()
    }
  }
}
