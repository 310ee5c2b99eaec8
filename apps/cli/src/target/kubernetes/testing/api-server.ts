import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { at, kindOf, listAt, type Manifest, nameOf } from '../../../render/manifest.ts'
import { schemaFault } from '../../../render/testing/schema.ts'
import { type Cluster, createCluster } from './cluster.ts'

/** Something that goes wrong on the way to the API, so many times. */
export interface Mishap {
  /** Of `METHOD path`. */
  readonly where: RegExp
  /** `cut`: done, but nobody hears of it. `silence`: no answer at all. */
  readonly what: 'cut' | 'silence' | { readonly status: number; readonly retryAfter?: number; readonly reason?: string }
  times: number
}

export interface ApiServer {
  readonly url: string
  readonly cluster: Cluster
  readonly mishaps: Mishap[]
  /** What was asked, in order: every change as it came, and between two of them what was read. */
  recording(): string
  close(): Promise<void>
}

interface Request {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Manifest | undefined
  readonly accept: string
}

/**
 * Stands for the API server of a cluster: it keeps objects under their paths, checks each by the schemas of the API before
 * it takes it, refuses a write that names an old version, and lets the cluster go one step further whenever it is looked at.
 */
export async function startApiServer(): Promise<ApiServer> {
  const cluster = createCluster()
  const mishaps: Mishap[] = []
  const lines: string[] = []
  const reads = new Set<string>()
  const flush = () => {
    if (reads.size > 0) lines.push(`  reads ${[...reads].sort().join(', ')}`)
    reads.clear()
  }
  const record = ({ method, path, body }: Request, status: number) => {
    if (/leases|configmaps$|journal/.test(path)) return
    const short = path.replace(/^\/apis?\/(?:[\w.]+\/)?v\d\/namespaces\/lyceum\//, '').replace(/-\d+:/, '-…:')
    if (method === 'GET') return void reads.add(short.replace(/^(pods\/[a-z]+-(?:blue|green)).*\/proxy/, '$1-…/proxy'))
    flush()
    lines.push(`${method} ${short} ${status}${inShort(body)}`)
  }

  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    const url = new URL(message.url ?? '/', 'http://api')
    const bytes = await text(message)
    const request: Request = {
      method: message.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      body: bytes === '' ? undefined : JSON.parse(bytes),
      accept: message.headers.accept ?? ''
    }
    const mishap = mishaps.find(({ where, times }) => times > 0 && where.test(`${request.method} ${request.path}`))
    if (mishap) mishap.times--
    if (mishap?.what === 'silence') return
    if (mishap && typeof mishap.what === 'object') {
      const { status, retryAfter, reason = 'Passing' } = mishap.what
      if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter))
      record(request, status)
      return respond(response, status, failure(status, reason, 'it does not go now'))
    }
    const { status, body } = answer(cluster, request, message.headers['content-type'] ?? '')
    record(request, status)
    if (mishap?.what === 'cut') return void response.destroy()
    respond(response, status, body)
  }
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    cluster,
    mishaps,
    recording: () => {
      flush()
      return `${lines.join('\n')}\n`
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

function answer(cluster: Cluster, request: Request, type: string): { status: number; body: unknown } {
  const { method, path, query, body, accept } = request
  const metrics = /\/pods\/([\w-]+):3000\/proxy\/metrics$/.exec(path)
  if (metrics) return { status: 200, body: cluster.metrics(metrics[1] ?? '') }
  const log = /\/pods\/([\w-]+)\/log$/.exec(path)
  if (log) return { status: 200, body: cluster.log(log[1] ?? '') }
  const isList = /\/(deployments|pods|configmaps|horizontalpodautoscalers|jobs|leases)$/.test(path)
  if (method === 'GET' && isList) {
    cluster.step()
    const labels = (query.get('labelSelector') ?? '').split(',').map((pair) => pair.split('='))
    const items = cluster
      .under(path)
      .filter((item) => labels.every(([name = '', value]) => at(item, 'metadata', 'labels', name) === value))
    const heads = accept.includes('PartialObjectMetadataList')
    // In a list, objects do not say what they are.
    const bare = items.map(({ kind: _, apiVersion: __, ...rest }) => (heads ? { metadata: rest.metadata } : rest))
    return { status: 200, body: { items: bare } }
  }
  if (method === 'GET') cluster.step()
  const found = cluster.get(path)
  if (method === 'POST' && body) {
    const fault = schemaFault(body)
    if (fault !== null) return { status: 422, body: failure(422, 'Invalid', fault) }
    const place = `${path}/${nameOf(body)}`
    if (cluster.get(place))
      return { status: 409, body: failure(409, 'AlreadyExists', `${nameOf(body)} already exists`) }
    return { status: 201, body: cluster.put(place, body) }
  }
  if (!found) return { status: 404, body: failure(404, 'NotFound', `${path} not found`) }
  if (method === 'DELETE') {
    cluster.drop(path)
    return { status: 200, body: failure(200, '', '') }
  }
  if (method === 'GET') return { status: 200, body: found }
  const isPut = method === 'PUT'
  if (isPut && (body?.kind === undefined || body.apiVersion === undefined))
    return { status: 400, body: failure(400, 'BadRequest', "Object 'Kind' is missing") }
  if (isPut && at(body, 'metadata', 'resourceVersion') !== at(found, 'metadata', 'resourceVersion'))
    return { status: 409, body: failure(409, 'Conflict', 'the object has been modified') }
  const next = isPut ? (body ?? {}) : merged(found, body ?? {}, type)
  const fault = schemaFault({ ...next, apiVersion: found.apiVersion, kind: found.kind })
  if (fault !== null) return { status: 422, body: failure(422, 'Invalid', fault) }
  return { status: 200, body: cluster.put(path, next) }
}

/** JSON merge patch (RFC 7396); in a strategic one, containers are found by their names. */
function merged(target: Manifest, patch: Manifest, type: string): Manifest {
  const both = Object.entries(patch).map(([name, value]): [string, unknown] => {
    const before = target[name]
    if (name === 'containers' && type.includes('strategic'))
      return [
        name,
        listAt(target, name).map((one) => {
          const change = listAt(patch, name).find((other) => at(other, 'name') === at(one, 'name'))
          return change === undefined ? one : { ...Object(one), ...Object(change) }
        })
      ]
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return [name, isObject ? merged(Object(before), { ...value }, type) : value]
  })
  return { ...target, ...Object.fromEntries(both) }
}

const failure = (status: number, reason: string, message: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: status < 300 ? 'Success' : 'Failure',
  reason,
  message,
  code: status
})

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status
  response.setHeader('content-type', typeof body === 'string' ? 'text/plain' : 'application/json')
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** What a change is about, in a few words that stay the same from run to run. */
function inShort(body: Manifest | undefined): string {
  if (!body) return ''
  if (kindOf(body) === 'HTTPRoute') {
    const rules = listAt(body, 'spec', 'rules')
    const told = at(rules.at(-1), 'filters', 0, 'requestHeaderModifier', 'set', 0, 'value')
    const weights = listAt(rules.at(-1), 'backendRefs').map((ref) => `${at(ref, 'name')} ${at(ref, 'weight')}`)
    return ` ${told}; ${weights.join(', ')}; ${rules.length} rules`
  }
  if (kindOf(body) === 'Job') return ` ${listAt(body, 'spec', 'template', 'spec', 'containers', 0, 'args').join(' ')}`
  const image = String(at(body, 'spec', 'template', 'spec', 'containers', 0, 'image') ?? '').slice(-4)
  const replicas = at(body, 'spec', 'replicas')
  const least = at(body, 'spec', 'minReplicas')
  return [
    image === '' ? '' : ` image …${image}`,
    replicas === undefined ? '' : ` replicas ${replicas}`,
    least === undefined ? '' : ` minReplicas ${least}`
  ].join('')
}
