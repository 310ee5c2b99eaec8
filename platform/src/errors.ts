/** What went wrong, in terms every caller understands. Only `http/` knows status codes. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'stale'
  | 'version-required'
  | 'too-large'
  | 'unsupported'
  | 'throttled'
  | 'full'
  | 'unavailable'

export interface FieldError {
  /** JSON pointer into the input, such as `/email` or `/rows/3/role`. */
  readonly field: string
  readonly code: string
  readonly message: string
}

export interface ErrorDetail {
  readonly errors?: readonly FieldError[]
  /** Seconds until trying again makes sense; sent as `Retry-After`. */
  readonly retryAfter?: number
  /** Machine-readable facts that the screen needs to explain itself. */
  readonly facts?: Readonly<Record<string, unknown>>
}

export class LyceumError extends Error {
  readonly code: string
  readonly kind: ErrorKind
  readonly detail: ErrorDetail
  constructor(code: string, kind: ErrorKind, message: string, detail: ErrorDetail = {}) {
    super(message)
    this.name = 'LyceumError'
    this.code = code
    this.kind = kind
    this.detail = detail
  }
}

/** `const CourseNotFound = defineError('course.not-found', 'not-found', (id: string) => `There is no course ${id}`)` */
export const defineError =
  <Args extends unknown[]>(
    code: string,
    kind: ErrorKind,
    describe: (...args: Args) => string,
    detail: (...args: Args) => ErrorDetail = () => ({})
  ) =>
  (...args: Args) =>
    new LyceumError(code, kind, describe(...args), detail(...args))

/** Input that has the right shape but breaks a rule; names every field at fault at once. */
export const invalidFields = (errors: readonly FieldError[]) =>
  new LyceumError('request.invalid', 'invalid', errors.map((error) => error.message).join(' '), { errors })
