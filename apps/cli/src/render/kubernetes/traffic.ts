import type { IGateway, IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1'
import type { Deployment } from '../deployment.ts'

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

/** The way to the two colours: by header for whoever is pinned, by weight for everybody else. */
export const routeOf = ({ name }: Deployment, hosts: readonly string[]): IHTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name },
  spec: {
    parentRefs: hosts.map((_, at) => ({ name, sectionName: `https-${at}` })),
    hostnames: [...hosts],
    rules: [
      {
        matches: [{ path: { type: 'Exact', value: '/metrics' } }],
        filters: [
          {
            type: 'RequestRedirect',
            requestRedirect: { path: { type: 'ReplaceFullPath', replaceFullPath: '/' }, statusCode: 302 }
          }
        ]
      },
      ...COLOURS.map(
        (colour): Rule => ({
          matches: [
            { path: { type: 'PathPrefix', value: '/' }, headers: [{ name: 'x-lyceum-colour', value: colour }] }
          ],
          backendRefs: [{ name: `gateway-${colour}`, port: GATEWAY_PORT }],
          timeouts: { request: '0s' }
        })
      ),
      {
        // The release tool changes these two weights and nothing else.
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        backendRefs: COLOURS.map((colour) => ({
          name: `gateway-${colour}`,
          port: GATEWAY_PORT,
          weight: colour === 'blue' ? 100 : 0
        })),
        // Uploads, streams and sockets take as long as they take; the product ends what hangs.
        timeouts: { request: '0s' }
      }
    ]
  }
})
