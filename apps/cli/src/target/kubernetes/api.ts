import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { at, type Manifest } from '../../render/manifest.ts'
import { TargetRefused } from '../target-refused.ts'

/** Where the API is and who asks. */
export interface ApiAddress {
  readonly server: string
  /** Read anew for every request: a cluster replaces tokens while a release goes on. */
  readonly tokenFile?: string
  readonly ca?: string
}

/** Calls that the release tool makes; every one may be made again after a failure. */
export interface KubernetesApi {
  /** @returns undefined where there is no such object */
  find(path: string): Promise<Manifest | undefined>
  list(path: string, labels: Readonly<Record<string, string>>): Promise<Manifest[]>
  /** Names, labels and annotations alone. */
  listHeads(path: string, labels: Readonly<Record<string, string>>): Promise<Manifest[]>
  /** @returns whether it was made; false where one of this name is there already */
  create(path: string, object: Manifest): Promise<boolean>
  /** @returns false when somebody else has changed it since it was read */
  replace(path: string, object: Manifest): Promise<boolean>
  patch(path: string, change: object, type?: 'merge' | 'strategic-merge'): Promise<void>
  remove(path: string): Promise<void>
  /** What a path answers that is no object: a log, or what a pod says through the API. */
  read(path: string): Promise<string>
}

/** The API refused; trying again changes nothing. */
export class ApiRefused extends TargetRefused {
  readonly status: number
  constructor(status: number, message: string) {
    super('target.kubernetes', message)
    this.status = status
  }
}

interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: string
}

const PATIENCE_MS = 10_000
const TRIES = 6
const PAUSE_MS = 250
/** Busy, changing hands, or its own storage was slow; 410 is a list that was too old to go on with. */
const PASSING = new Set([408, 410, 429, 500, 502, 503, 504])

export function kubernetesApi(
  address: ApiAddress,
  { patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS } = {}
): KubernetesApi {
  const ask = async (
    method: string,
    path: string,
    {
      body,
      type = 'application/json',
      accept = 'application/json',
      expected = []
    }: {
      readonly body?: object
      readonly type?: string
      readonly accept?: string
      readonly expected?: readonly number[]
    } = {}
  ): Promise<Answer> => {
    for (let tried = 1; ; tried++) {
      const answer = await send(address, method, path, { body, type, accept, patienceMs }).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error))
      )
      if (!(answer instanceof Error)) {
        if (answer.status < 300 || expected.includes(answer.status)) return answer
        if (!PASSING.has(answer.status) || tried >= TRIES) throw refused(method, path, answer)
      } else if (tried >= TRIES)
        throw new TargetRefused(
          'target.kubernetes-away',
          `The Kubernetes API at ${address.server} does not answer: ${answer.message}. What runs goes on; try again when it does.`
        )
      const asked = answer instanceof Error ? Number.NaN : Number(answer.retryAfter)
      await sleep(asked >= 0 ? asked * 1000 : pauseMs * 2 ** (tried - 1))
    }
  }
  const items = async (path: string, labels: Readonly<Record<string, string>>, accept: string) => {
    const { body } = await ask('GET', `${path}?labelSelector=${selector(labels)}`, { accept })
    const { items } = readObject(body)
    return Array.isArray(items) ? items.map((item: Manifest) => item) : []
  }

  return {
    find: async (path) => {
      const { status, body } = await ask('GET', path, { expected: [404] })
      return status === 404 ? undefined : readObject(body)
    },
    list: (path, labels) => items(path, labels, 'application/json'),
    listHeads: (path, labels) =>
      items(path, labels, 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'),
    create: async (path, object) => (await ask('POST', path, { body: object, expected: [409] })).status !== 409,
    replace: async (path, object) => (await ask('PUT', path, { body: object, expected: [409] })).status !== 409,
    patch: async (path, change, type = 'merge') => {
      await ask('PATCH', path, { body: change, type: `application/${type}-patch+json` })
    },
    remove: async (path) => {
      await ask('DELETE', path, { body: { propagationPolicy: 'Background' }, expected: [404] })
    },
    read: async (path) => (await ask('GET', path, { accept: '*/*' })).body
  }
}

/**
 * Reads an object, changes it and writes it back, again where somebody else was faster.
 * @param edit undefined leaves it as it is
 */
export async function change(
  api: KubernetesApi,
  path: string,
  edit: (object: Manifest) => Manifest | undefined
): Promise<Manifest> {
  for (;;) {
    const before = await api.find(path)
    if (!before) throw new TargetRefused('target.kubernetes', `There is no ${path}. Apply the rendered overlays first.`)
    const after = edit(before)
    if (after === undefined) return before
    if (await api.replace(path, after)) return after
  }
}

const selector = (labels: Readonly<Record<string, string>>): string =>
  encodeURIComponent(
    Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(',')
  )

function refused(method: string, path: string, { status, body }: Answer): ApiRefused {
  let said = body.slice(0, 300)
  try {
    said = String(at(JSON.parse(body), 'message') ?? said)
  } catch {
    // Not of the API itself but of something between.
  }
  const remedy =
    status === 401 || status === 403 ? ' Apply overlays/<environment>/tool, which says what the tool may do.' : ''
  return new ApiRefused(status, `Kubernetes refused ${method} ${path} (${status}): ${said}${remedy}`)
}

/** What the API answered is an object; its parts are looked at one by one. */
function readObject(body: string): Manifest {
  const value: unknown = JSON.parse(body)
  if (typeof value !== 'object' || value === null) throw new Error(`The API answered ${body.slice(0, 100)}`)
  return { ...value }
}

async function send(
  { server, tokenFile, ca }: ApiAddress,
  method: string,
  path: string,
  options: {
    readonly body: object | undefined
    readonly type: string
    readonly accept: string
    readonly patienceMs: number
  }
): Promise<Answer> {
  const url = new URL(path, server)
  const bytes = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body))
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
    url,
    {
      method,
      agent: false,
      signal: AbortSignal.timeout(options.patienceMs),
      headers: {
        accept: options.accept,
        ...(tokenFile ? { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` } : {}),
        ...(bytes ? { 'content-type': options.type, 'content-length': bytes.length } : {})
      },
      ...(ca ? { ca: readFileSync(ca) } : {})
    },
    (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body }),
        reject
      )
    }
  )
  request.on('error', reject)
  request.end(bytes)
  return promise
}
