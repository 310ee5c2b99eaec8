import { createSocket } from 'node:dgram'
import type { Registry } from 'prom-client'
import type { Answered } from './http-metrics.ts'

const EVERY_MS = 10_000
/** Fits an Ethernet frame, so that no datagram is torn apart. */
const DATAGRAM_BYTES = 1_400
/** Sent one by one as timings, which is what percentiles are made of there. */
const TIMED = 'lyceum_http_request_duration_seconds'

type Labels = Partial<Record<string, string | number>>

/**
 * Sends what `/metrics` says to a StatsD server with tags, as Datadog's agent is one: counters as what was added, gauges as
 * they are, and the time of each answer.
 * @param host `host` or `host:port`
 */
export function openStatsd(host: string, { everyMs = EVERY_MS }: { readonly everyMs?: number } = {}) {
  const { hostname, port } = new URL(`udp://${host}`)
  const socket = createSocket(hostname.startsWith('[') ? 'udp6' : 'udp4')
  // Whoever listens there or not: nobody waits for it.
  socket.on('error', () => undefined)
  socket.unref()
  const counted = new Map<string, number>()
  let lines: string[] = []
  let registry: Registry | undefined
  let timer: NodeJS.Timeout | undefined

  const flush = (): Promise<unknown> => {
    const datagrams = packed(lines)
    lines = []
    return Promise.all(
      datagrams.map(
        (datagram) =>
          new Promise<void>((sent) =>
            socket.send(datagram, Number(port || 8125), hostname.replace(/^\[|\]$/g, ''), () => sent())
          )
      )
    )
  }
  const add = (line: string): void => {
    lines.push(line)
    if (lines.length >= 50) void flush()
  }
  const counter = (name: string, labels: Labels, value: number): void => {
    const key = `${name} ${JSON.stringify(labels)}`
    const added = value - (counted.get(key) ?? 0)
    counted.set(key, value)
    if (added > 0) add(`${nameOf(name)}:${added}|c${tagsOf(labels)}`)
  }
  const read = async (): Promise<void> => {
    for (const { name, type, values } of (await registry?.getMetricsAsJSON()) ?? []) {
      if (name === TIMED) continue
      for (const { labels, value, ...more } of values) {
        const series = 'metricName' in more ? String(more.metricName) : name
        if (series.endsWith('_bucket') || !Number.isFinite(value)) continue
        // Types come as words, whatever the types say.
        if (String(type) === 'gauge') add(`${nameOf(name)}:${value}|g${tagsOf(labels)}`)
        else if (!('quantile' in labels)) counter(series, labels, value)
      }
    }
    await flush()
  }

  return {
    answered: ({ seconds, ...labels }: Answered): void =>
      add(`lyceum.http_request_duration:${Math.round(seconds * 1e6) / 1e3}|ms${tagsOf({ ...labels })}`),
    publish: (given: Registry): void => {
      registry = given
      timer = setInterval(() => void read().catch(() => undefined), everyMs)
      timer.unref()
    },
    close: async (): Promise<void> => {
      clearInterval(timer)
      await read().catch(() => undefined)
      socket.close()
    }
  }
}

const nameOf = (name: string): string => name.replace(/^lyceum_/, 'lyceum.')

const tagsOf = (labels: Labels): string => {
  const tags = Object.entries(labels).map(([name, value]) => `${name}:${String(value).replace(/[|,#\n]/g, '_')}`)
  return tags.length > 0 ? `|#${tags.join(',')}` : ''
}

function packed(lines: readonly string[]): string[] {
  const datagrams: string[] = []
  for (const line of lines) {
    const last = datagrams.at(-1)
    if (last !== undefined && last.length + line.length < DATAGRAM_BYTES)
      datagrams[datagrams.length - 1] = `${last}\n${line}`
    else datagrams.push(line)
  }
  return datagrams
}
