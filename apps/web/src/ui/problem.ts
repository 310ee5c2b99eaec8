/** What the server says when it refuses (RFC 9457); the design system knows the shape, not who threw it. */
export interface Problem {
  readonly code: string
  readonly detail: string
  readonly status: number
  readonly requestId: string
  readonly errors?: readonly { readonly field: string; readonly code: string; readonly message: string }[] | undefined
}

/** The problem inside an error, or `undefined` when the fault is ours. */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('problem' in error)) return undefined
  const { problem } = error
  return isProblem(problem) ? problem : undefined
}

/** Seconds until trying again makes sense, where the server said so. */
export function retryAfterOf(error: unknown): number | undefined {
  const problem = problemOf(error)
  if (!problem || !('retryAfter' in problem)) return undefined
  return typeof problem.retryAfter === 'number' ? problem.retryAfter : undefined
}

/** Messages by field name: `/email` → `email`, `/rows/3/role` → `rows.3.role`. */
export const fieldErrorsOf = (error: unknown): Record<string, string> =>
  Object.fromEntries(
    (problemOf(error)?.errors ?? []).map(({ field, message }) => [
      field.replace(/^\//, '').replaceAll('/', '.'),
      message
    ])
  )

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'detail' in value && 'status' in value
