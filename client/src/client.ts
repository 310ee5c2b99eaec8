import type { Contract, Input, OperationName, Output } from '@lyceum/platform/contract'
import type { Problem } from '@lyceum/platform/schema'
import { manifest } from './generated/manifest.ts'
import type { Contracts } from './generated/types.ts'

export interface WireRequest {
  readonly method: string
  /** Path and query, from `/api/v1` on. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

export interface WireResponse {
  readonly status: number
  readonly body: unknown
}

/** Carries one request to the server: `fetch` in a browser or the CLI, `inject` in a test. */
export type Transport = (request: WireRequest) => Promise<WireResponse>

export interface CallOptions {
  /** The version being edited; the server answers 412 when somebody else was faster. */
  readonly ifMatch?: number
  /** Makes a creating request safe to send again. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

type ModuleClient<C extends Contract> = {
  readonly [K in OperationName<C>]: (input: Input<C, K>, options?: CallOptions) => Promise<Output<C, K>>
}

export type Client = { readonly [M in keyof Contracts]: ModuleClient<Contracts[M]> }

/** An answer outside 200–299, as the server described it (RFC 9457). */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'ProblemError'
    this.problem = problem
  }
  get code(): string {
    return this.problem.code
  }
  get status(): number {
    return this.problem.status
  }
}

/** A typed client of every operation; knows names and paths only, so that it stays small in a browser. */
export function createClient(send: Transport): Client {
  const modules = Object.entries(manifest).map(([module, operations]) => [
    module,
    Object.fromEntries(
      Object.entries(operations).map(([name, [method, path]]) => [
        name,
        (input: Record<string, unknown>, options: CallOptions = {}) => call(send, method, path, input, options)
      ])
    )
  ])
  // The generated manifest and the generated types come from the same contracts; this is where the two meet.
  return Object.fromEntries(modules) as Client
}

async function call(
  send: Transport,
  method: string,
  path: string,
  input: Record<string, unknown>,
  { ifMatch, idempotencyKey, signal }: CallOptions
): Promise<unknown> {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
  const filled = path.replace(/:(\w+)/g, (_, key: string) => {
    const value = String(rest.get(key))
    rest.delete(key)
    return encodeURIComponent(value)
  })
  const inQuery = method === 'GET' || method === 'DELETE'
  const query = inQuery
    ? new URLSearchParams(Object.fromEntries([...rest].map(([key, value]) => [key, String(value)]))).toString()
    : ''
  const { status, body } = await send({
    method,
    url: `/api/v1${filled}${query ? `?${query}` : ''}`,
    headers: {
      ...(inQuery ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey })
    },
    ...(inQuery ? {} : { body: JSON.stringify(Object.fromEntries(rest)) }),
    ...(signal ? { signal } : {})
  })
  if (status >= 200 && status < 300) return body
  throw new ProblemError(toProblem(status, body))
}

/** Anything between us and the server may answer too (a proxy, a captive portal): then the code is `network.*`. */
function toProblem(status: number, body: unknown): Problem {
  if (isProblem(body)) return body
  return {
    type: 'about:blank',
    title: 'Unexpected answer',
    status,
    detail: `The server answered ${status} without saying why.`,
    code: 'network.unexpected-answer',
    requestId: ''
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'status' in body
