import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'

/** Carries a word that only this process knows, so nobody outside can pass for a part of another request. */
export const INNER_HEADER = 'x-lyceum-inner'
const WORD = randomUUID()

interface Asked {
  readonly headers: IncomingHttpHeaders
}

/** What a page asks of our own API while it is drawn belongs to the request for the page: it is found in logs under its id. */
export const asInner = ({ id }: Pick<FastifyRequest, 'id'>): Record<string, string> => ({
  [INNER_HEADER]: `${WORD} ${id}`
})

export const isInner = (request: Asked): boolean => innerId(request) !== undefined

/** The id of the request that this one is a part of. */
export function innerId({ headers }: Asked): string | undefined {
  const given = headers[INNER_HEADER]
  return typeof given === 'string' && given.startsWith(`${WORD} `) ? given.slice(WORD.length + 1) : undefined
}
