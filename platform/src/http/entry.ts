import type { FastifyRequest } from 'fastify'
import type { Entry } from '../module/runtime.ts'

const entries = new WeakMap<FastifyRequest, Entry>()

/** Keeps who is asking beside the request, for the handler and for the log line at its end. */
export const rememberEntry = (request: FastifyRequest, entry: Entry): void => {
  entries.set(request, entry)
}

export const entryOf = (request: FastifyRequest): Entry | undefined => entries.get(request)
