import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import websocket, { type WebSocket } from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import { type Door, mustComeFromHere } from '../http/door.ts'
import { authorize } from '../module/runtime.ts'

/** Fronts give up on a connection that says nothing; ours wait at least twice as long. */
const HEARTBEAT_MS = 15_000
/** After the closing handshake was offered. */
const CUT_AFTER_MS = 1_000
/** RFC 6455 §7.4.1 and the IANA registry: the service restarts, come again. */
const SERVICE_RESTART = 1012

/** What a live connection is told. It carries nothing personal, so it may outlast the access token it was opened with. */
export type LiveMessage =
  | { readonly type: 'release'; readonly release: string }
  | { readonly type: 'heartbeat' }
  /** This process is leaving: come again after this many milliseconds; whoever answers then is another one. */
  | { readonly type: 'reconnect'; readonly afterMs: number }

interface Connection {
  send(message: LiveMessage): void
  close(): void
  cut(): void
}

export interface Live {
  count(): number
  /** Asks everybody to come again, each at a moment of their own within `spreadMs`: not all at once on whoever is left. */
  farewell(spreadMs: number): void
  /** Waits until all are gone, closes those that are not and cuts what does not close. @returns how many were closed or cut */
  end(patienceMs: number): Promise<number>
}

/** `GET /api/v1/live`, as server-sent events or as a WebSocket. */
export async function addLive(
  app: FastifyInstance,
  options: {
    readonly door: Door
    /** Other origins whose pages may listen. */
    readonly frontendUrls: readonly string[]
    readonly release: string
    readonly random?: () => number
  }
): Promise<Live> {
  const { release, random = Math.random } = options
  const connections = new Set<Connection>()
  let spread: number | undefined
  const ask = (connection: Connection, spreadMs: number) =>
    connection.send({ type: 'reconnect', afterMs: Math.round(random() * spreadMs) })
  const open = (connection: Connection) => {
    connections.add(connection)
    connection.send({ type: 'release', release })
    if (spread !== undefined) ask(connection, spread)
  }
  const beat = setInterval(() => {
    for (const connection of connections) connection.send({ type: 'heartbeat' })
  }, HEARTBEAT_MS)
  beat.unref()
  app.addHook('onClose', async () => clearInterval(beat))

  // The plugin would close every socket the moment the server begins to stop; `end` gives them time.
  await app.register(websocket, { options: { maxPayload: 1024 }, preClose: (done) => done() })
  await app.register(async (scope) => {
    scope.route({
      method: 'GET',
      url: '/api/v1/live',
      config: { long: true },
      schema: { hide: true },
      onRequest: async (request) => {
        // Cookies come along when any site opens a WebSocket; nothing but this keeps it from listening.
        if (request.ws) mustComeFromHere(request, options.frontendUrls)
        const { caller } = await options.door(request, { access: 'signed-in' })
        authorize('signed-in', caller)
      },
      handler: (_request, reply) => {
        reply.hijack()
        for (const [name, value] of Object.entries(reply.getHeaders()))
          if (value !== undefined) reply.raw.setHeader(name, value)
        const connection = ofEvents(reply.raw)
        reply.raw.once('close', () => connections.delete(connection))
        open(connection)
      },
      wsHandler: (socket) => {
        const connection = ofSocket(socket)
        socket.once('close', () => connections.delete(connection))
        socket.on('error', () => socket.terminate())
        open(connection)
      }
    })
  })

  return {
    count: () => connections.size,
    farewell: (spreadMs) => {
      spread = spreadMs
      for (const connection of connections) ask(connection, spreadMs)
    },
    end: async (patienceMs) => {
      const deadline = performance.now() + patienceMs
      while (connections.size > 0 && performance.now() < deadline) await sleep(20)
      const left = [...connections]
      for (const connection of left) connection.close()
      const cutAt = performance.now() + CUT_AFTER_MS
      while (connections.size > 0 && performance.now() < cutAt) await sleep(20)
      for (const connection of connections) connection.cut()
      return left.length
    }
  }
}

function ofSocket(socket: WebSocket): Connection {
  let answered = true
  socket.on('pong', () => {
    answered = true
  })
  return {
    send: (message) => {
      if (message.type === 'heartbeat') {
        if (!answered) return socket.terminate()
        answered = false
        socket.ping()
      }
      socket.send(JSON.stringify(message))
    },
    close: () => socket.close(SERVICE_RESTART, 'restarting'),
    cut: () => socket.terminate()
  }
}

function ofEvents(response: ServerResponse): Connection {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would otherwise keep events back until it has a buffer full of them.
    'x-accel-buffering': 'no'
  })
  return {
    send: (message) => {
      // Somebody who reads nothing for minutes is not there any more.
      if (response.writableNeedDrain) return void response.destroy()
      const retry = message.type === 'reconnect' ? `retry: ${message.afterMs}\n` : ''
      response.write(`${retry}event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`)
    },
    close: () => void response.end(),
    cut: () => void response.destroy()
  }
}
