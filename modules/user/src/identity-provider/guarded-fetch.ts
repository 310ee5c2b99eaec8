import { lookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

export interface FetchLimits {
  /** Plain http; never in production. */
  readonly allowHttp: boolean
  /** Addresses inside the operator's own network. */
  readonly allowPrivate: boolean
}

/** An address somebody in a school typed, that the server must not be made to ask. */
export class AddressRefused extends Error {}

export type GuardedFetch = (
  url: string,
  options: {
    readonly method: string
    readonly headers: Record<string, string> | Headers
    readonly body?: unknown
    readonly signal?: AbortSignal | undefined
  }
) => Promise<Response>

const MAX_BYTES = 1024 * 1024
const TIMEOUT_MS = 10_000

/**
 * Asks a server outside on behalf of a school's administrator. The address is judged when the connection is made, after
 * the name was resolved, so that a name cannot change its mind in between; redirects are not followed; long answers end.
 */
export const createGuardedFetch =
  ({ allowHttp, allowPrivate }: FetchLimits): GuardedFetch =>
  (address, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const url = new URL(address)
      if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:'))
        throw new AddressRefused(`${url.origin} is not an https address`)
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (!allowPrivate && isIP(host) !== 0 && isPrivate(host))
        throw new AddressRefused(`${host} is not a public address`)
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest
      const deadline = AbortSignal.timeout(TIMEOUT_MS)
      const outgoing = send(
        url,
        {
          method,
          headers: { ...Object.fromEntries(new Headers(headers)), 'accept-encoding': 'identity' },
          signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
          ...(allowPrivate ? {} : { lookup: lookUpPublic })
        },
        (incoming) => {
          toResponse(incoming).then(resolve, reject)
        }
      )
      outgoing.on('error', reject)
      outgoing.end(
        typeof body === 'string' || body instanceof Uint8Array
          ? body
          : body instanceof URLSearchParams
            ? body.toString()
            : undefined
      )
    })

async function toResponse(incoming: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > MAX_BYTES) throw new Error('the answer is too long')
    chunks.push(bytes)
  }
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  const status = incoming.statusCode ?? 502
  return new Response(status === 204 || status === 304 ? null : Buffer.concat(chunks), { status, headers })
}

const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error || !first) return callback(error ?? new Error(`${hostname} has no address`), '')
    if (addresses.some(({ address }) => isPrivate(address)))
      return callback(new AddressRefused(`${hostname} leads to an address that is not public`), '')
    if (options.all === true) return callback(null, addresses)
    return callback(null, first.address, first.family)
  })
}

/** Special-purpose address registries of IANA (RFC 6890): nothing there is a public identity provider. */
const special = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4]
] as const)
  special.addSubnet(network, prefix, 'ipv4')

/** Only 2000::/3 is handed out to the public internet; tunnels inside it can carry any IPv4 address. */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')
const tunnels = new BlockList()
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16]
] as const)
  tunnels.addSubnet(network, prefix, 'ipv6')

export function isPrivate(address: string): boolean {
  if (isIP(address) === 4) return special.check(address, 'ipv4')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return special.check(mapped, 'ipv4')
  return !globalUnicast.check(address, 'ipv6') || tunnels.check(address, 'ipv6')
}
