import { setTimeout as sleep } from 'node:timers/promises'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { Problem } from '../contract/schema.ts'
import { EVERYTHING, formatPosition, parsePosition } from '../db/log-position.ts'
import { LyceumError } from '../errors.ts'
import { kindOf } from '../http/problem.ts'
import { SEEN_HEADER } from '../http/seen.ts'
import type { Entry, RemoteModules } from '../module/runtime.ts'
import { type Breakers, ServiceUnavailable } from './breakers.ts'
import { questionPath } from './questions.ts'
import type { Seals } from './seal.ts'

/** A question between services is answered from a database: what takes longer is lost. */
const PATIENCE_MS = 15_000

const problemForm = Compile(
  Type.Object({ ...Problem.properties, facts: Type.Optional(Type.Record(Type.String(), Type.Unknown())) })
)

export interface ServiceCallOptions {
  readonly seals: Seals
  readonly breakers: Breakers
  /** Where the service of a module is reached, such as `http://course:3002`. */
  readonly urlOf: (module: string) => string
}

/** Modules that other processes serve, asked over HTTP with the same authorization and validation as in one process. */
export const createServiceCalls = ({ seals, breakers, urlOf }: ServiceCallOptions): RemoteModules => ({
  call: async (module, name, reads, { caller, request, trail }: Entry, input) => {
    const url = questionPath(module, name)
    const body = JSON.stringify(input)
    const send = () =>
      breakers.of(module).run(() =>
        fetch(`${urlOf(module)}${url}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-request-id': request.id,
            ...(trail?.seen === undefined ? {} : { [SEEN_HEADER]: formatPosition(trail.seen) }),
            ...seals.seal(
              { method: 'POST', url, body },
              { caller: { ...caller, permissions: [...caller.permissions] }, request }
            )
          },
          body,
          signal: AbortSignal.timeout(PATIENCE_MS)
        })
      )
    const response = await send().catch(async (error: unknown) => {
      // A process that was just replaced has closed its connections; what only reads, or never arrived, is asked again.
      if (!(reads || neverArrived(error)) || error instanceof LyceumError) throw unavailable(module, error)
      await sleep(50)
      return send().catch((again: unknown) => {
        throw unavailable(module, again)
      })
    })
    const written = response.headers.get(SEEN_HEADER)
    if (written !== null) trail?.wrote(parsePosition(written) ?? EVERYTHING)
    const answer: unknown = await response.json().catch((error: unknown) => {
      throw unavailable(module, error)
    })
    if (response.ok) return answer
    if (!problemForm.Check(answer)) throw ServiceUnavailable(module)
    const { code, detail, status } = answer
    const kind = kindOf(status)
    if (!kind) throw new Error(`${module}.${name} failed in its service (request ${answer.requestId}): ${detail}`)
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
    throw new LyceumError(code, kind, detail, {
      ...(answer.errors ? { errors: answer.errors } : {}),
      ...(answer.facts ? { facts: answer.facts } : {}),
      ...(Number.isFinite(retryAfter) ? { retryAfter } : {})
    })
  }
})

const unavailable = (module: string, error: unknown): unknown =>
  error instanceof LyceumError ? error : Object.assign(ServiceUnavailable(module), { cause: error })

/** Refused before a byte was sent. */
export const neverArrived = (error: unknown): boolean => {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNREFUSED' || cause.code === 'ENOTFOUND')
}
