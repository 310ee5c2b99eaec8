import type { Static, TSchema } from 'typebox'

/** Who may call: anyone, any signed-in person, another module of this installation, or the holder of a permission. */
export type Access = 'anyone' | 'signed-in' | 'internal' | `${string}:${string}`

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`; path parameters as `:name`. */
  readonly path: string
  readonly access: Access
  /** One sentence for the API reference. */
  readonly summary: string
  /** Path parameters, query and body as one object; the method decides where the rest of the fields travel. */
  readonly input: TSchema
  readonly output: TSchema
  /** Status of success; 200 unless said. */
  readonly status?: 200 | 201 | 202
  /** The answer carries `version`; it is sent as `ETag` and `If-None-Match` is honoured. */
  readonly etag?: boolean
  /** The caller must say which version it edits (`If-Match`); the use case reads it as `expectedVersion`. */
  readonly ifMatch?: boolean
  /** `open`: the answer holds session tokens, also set as cookies; `close`: the cookies are cleared. */
  readonly session?: 'open' | 'close'
  /** The answer is `{ location }` and the browser is sent there; a `browserSecret` beside it comes back as a cookie. */
  readonly redirect?: boolean
  /** Largest request body in bytes, where the default of 1 MiB is too small. */
  readonly bodyLimit?: number
  /** Counts against the stricter limit for guesses at secrets. */
  readonly guessable?: boolean
  /** Answered for everybody during maintenance too, because operators come in by it. */
  readonly duringMaintenance?: boolean
}

export interface Contract {
  readonly module: string
  readonly operations: Readonly<Record<string, Operation>>
}

export interface EventType<Name extends string = string, Payload extends TSchema = TSchema> {
  readonly name: Name
  readonly payload: Payload
  /** Counted up when the payload changes so that older processes cannot read it; 1 where nothing is said. */
  readonly v?: number
  /** Name of the first release that can react to it; older processes leave it to newer ones. */
  readonly minRelease?: string
}

export type OperationName<C extends Contract> = keyof C['operations'] & string
export type Input<C extends Contract, K extends OperationName<C>> = Static<C['operations'][K]['input']>
export type Output<C extends Contract, K extends OperationName<C>> = Static<C['operations'][K]['output']>

/** The only door of a module: its operations, from which routes, clients and the API reference are derived. */
export const defineContract = <const C extends Contract>(contract: C): C => contract

/** A fact a module tells the others; named `<module>.<noun>-<past participle>`. */
export const defineEvent = <const Name extends string, Payload extends TSchema>(
  name: Name,
  payload: Payload,
  since: Pick<EventType, 'v' | 'minRelease'> = {}
): EventType<Name, Payload> => ({ name, payload, ...since })

/** '/courses/:courseId/people' → ['courseId'] */
export const pathParams = (path: string): string[] =>
  [...path.matchAll(/:(\w+)/g)].flatMap((match) => (match[1] === undefined ? [] : [match[1]]))
