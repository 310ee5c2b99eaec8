import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isInner } from './inner-request.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** May rightly take minutes: uploads, downloads, streams. Stopping waits longer for these. */
    readonly long?: boolean
  }
}

interface Running {
  readonly long: boolean
  readonly since: number
}

/** The requests that a server is answering, so that it can stop without cutting any of them short. */
export interface RunningRequests {
  count(): number
  /** How many of those that should be quick have been running for longer than this. */
  over(milliseconds: number): number
  /**
   * Waits until no request of this kind is running.
   * @returns how many were still running after `patienceMs`; their connections are cut
   */
  finish(kind: 'quick' | 'long', patienceMs: number): Promise<number>
}

export function watchRequests(app: FastifyInstance): RunningRequests {
  const running = new Map<FastifyRequest, Running>()
  const waiting = new Set<() => void>()
  const ended = (request: FastifyRequest) => {
    if (running.delete(request)) for (const look of waiting) look()
  }
  app.addHook('onRequest', (request, reply, done) => {
    // A WebSocket is no request any more; `live.ts` looks after those. What is a part of another request ends before it.
    if (!request.headers.upgrade && !isInner(request)) {
      running.set(request, { long: request.routeOptions.config.long === true, since: performance.now() })
      // Also when the client goes away before there is an answer.
      reply.raw.once('close', () => ended(request))
    }
    done()
  })
  app.addHook('onResponse', (request, _reply, done) => {
    ended(request)
    done()
  })

  const left = (kind: 'quick' | 'long') =>
    [...running].flatMap(([request, { long }]) => (long === (kind === 'long') ? [request] : []))
  return {
    count: () => running.size,
    over: (milliseconds) => {
      const before = performance.now() - milliseconds
      return [...running.values()].filter(({ long, since }) => !long && since < before).length
    },
    finish: async (kind, patienceMs) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = () => {
        if (left(kind).length === 0) resolve()
      }
      waiting.add(look)
      const timer = setTimeout(resolve, patienceMs)
      look()
      await promise
      clearTimeout(timer)
      waiting.delete(look)
      const cut = left(kind)
      for (const request of cut) request.raw.socket.destroy()
      return cut.length
    }
  }
}
