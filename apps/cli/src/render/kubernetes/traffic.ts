import type { IGateway, IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1'
import { BUCKET_COOKIE, BUCKETS, readTraffic, TRAFFIC_HEADER, writeTraffic } from '@lyceum/platform/bucket'
import type { Colour } from '../../release/target.ts'
import { NOTHING_RUNS, other, type Traffic } from '../../target/host/traffic/traffic.ts'
import type { Deployment } from '../deployment.ts'
import { at, listAt } from '../manifest.ts'

type Rule = NonNullable<NonNullable<IHTTPRoute['spec']>['rules']>[number]

export const COLOURS = ['blue', 'green'] as const
const GATEWAY_PORT = 3000

/** TLS ends here; names of schools are told apart by the product. */
export const gatewayOf = (deployment: Deployment, hosts: readonly string[]): IGateway => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: deployment.name },
  spec: {
    gatewayClassName: deployment.kubernetes.gatewayClass,
    listeners: [
      { name: 'http', protocol: 'HTTP', port: 80, allowedRoutes: { namespaces: { from: 'Same' } } },
      ...hosts.map((hostname, at) => ({
        name: `https-${at}`,
        protocol: 'HTTPS',
        port: 443,
        hostname,
        tls: { mode: 'Terminate' as const, certificateRefs: [{ kind: 'Secret', name: `${deployment.name}-tls` }] },
        allowedRoutes: { namespaces: { from: 'Same' as const } }
      }))
    ]
  }
})

export const redirectOf = ({ name }: Deployment): IHTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: `${name}-to-tls` },
  spec: {
    parentRefs: [{ name, sectionName: 'http' }],
    rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }]
  }
})

/** The way to the two colours, before any release. */
export const routeOf = ({ name }: Deployment, hosts: readonly string[]): IHTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name },
  spec: {
    parentRefs: hosts.map((_, at) => ({ name, sectionName: `https-${at}` })),
    hostnames: [...hosts],
    rules: rulesOf(NOTHING_RUNS)
  }
})

/**
 * Who is sent where: by header for whoever looks at a colour on purpose, then by the pin, then by the bucket, and by weight
 * whoever has no bucket yet. All three have one header each, so the first that fits counts (Gateway API,
 * `HTTPRouteRule.matches`). The last rule also tells the product what was drawn, which gives a bucket that agrees.
 */
export const rulesOf = (traffic: Traffic): Rule[] => {
  const { stable, limit, releases } = traffic
  const candidate = other(stable)
  return [
    {
      matches: [{ path: { type: 'Exact', value: '/metrics' } }],
      filters: [
        {
          type: 'RequestRedirect',
          requestRedirect: { path: { type: 'ReplaceFullPath', replaceFullPath: '/' }, statusCode: 302 }
        }
      ]
    },
    ...COLOURS.map((colour) => ruleTo(colour, { name: 'x-lyceum-colour', value: colour })),
    ...[stable, candidate].flatMap((colour) => {
      const release = releases[colour]
      if (release === null || (colour === candidate && release === releases[stable])) return []
      const value = cookie('lyceum_pin', `${release.replaceAll('.', '\\.')}\\.[0-9]+\\.[A-Za-z0-9_-]+`)
      return [ruleTo(colour, { type: 'RegularExpression', name: 'cookie', value })]
    }),
    ...(limit > 0 && limit < BUCKETS
      ? [
          ruleTo(candidate, { type: 'RegularExpression', name: 'cookie', value: cookie(BUCKET_COOKIE, below(limit)) }),
          ruleTo(stable, { type: 'RegularExpression', name: 'cookie', value: cookie(BUCKET_COOKIE, '[0-9]{1,4}') })
        ]
      : []),
    {
      matches: [{ path: { type: 'PathPrefix', value: '/' } }],
      filters: [
        {
          type: 'RequestHeaderModifier',
          requestHeaderModifier: { set: [{ name: TRAFFIC_HEADER, value: writeTraffic(traffic) }] }
        }
      ],
      backendRefs: COLOURS.map((colour) => ({
        name: `gateway-${colour}`,
        port: GATEWAY_PORT,
        weight: colour === stable ? BUCKETS - limit : limit
      })),
      // Uploads, streams and sockets take as long as they take; the product ends what hangs.
      timeouts: { request: '0s' }
    }
  ]
}

/** @returns undefined for a route that this did not make */
export function trafficOf(route: unknown): Traffic | undefined {
  const header = listAt(route, 'spec', 'rules')
    .flatMap((rule) => listAt(rule, 'filters'))
    .flatMap((filter) => listAt(filter, 'requestHeaderModifier', 'set'))
    .find((set) => at(set, 'name') === TRAFFIC_HEADER)
  const told = readTraffic(String(at(header, 'value')))
  return told && { ...told, out: [] }
}

const ruleTo = (colour: Colour, header: { type?: 'RegularExpression'; name: string; value: string }): Rule => ({
  matches: [{ path: { type: 'PathPrefix', value: '/' }, headers: [header] }],
  backendRefs: [{ name: `gateway-${colour}`, port: GATEWAY_PORT }],
  timeouts: { request: '0s' }
})

/** RE2, anchored: implementations differ in whether a part of the header may fit. */
const cookie = (name: string, value: string): string => `^(?:.*;\\s*)?${name}=(?:${value})(?:;.*)?$`

/** Decimal numbers below `limit`, 1 to 9,999, with or without leading zeros to four digits. */
export function below(limit: number): string {
  const largest = String(limit - 1)
  const digits = largest.length
  const ways = [...largest].flatMap((digit, at) => {
    if (digit === '0') return []
    const rest = digits - at - 1
    const range = digit === '1' ? '0' : `[0-${Number(digit) - 1}]`
    return [`${largest.slice(0, at)}${range}${rest > 0 ? `[0-9]{${rest}}` : ''}`]
  })
  const fewer = digits > 1 ? [`[0-9]{1,${digits - 1}}`] : []
  return `0{0,${4 - digits}}(?:${[...fewer, ...ways, largest].join('|')})`
}
