import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import type { Deployment } from '../deployment.ts'
import type { Service } from '../service.ts'
import { COMPONENT, PART } from './labels.ts'

type Spec = NonNullable<INetworkPolicy['spec']>

const DATABASE = [5432, 6432]
const REDIS = [6379, 26_379]
const QUEUE = [5671, 5672]
/** Object storage, identity providers, error reports; mail by submission and over TLS. */
const OUTSIDE = [443, 465, 587]
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']

/** Nothing may speak with anything, but for the edges that the product has. */
export function networkPolicies(deployment: Deployment, services: readonly Service[]): INetworkPolicy[] {
  const { name, kubernetes } = deployment
  const everyone = { matchLabels: { [PART]: name } }
  return [
    networkPolicy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    networkPolicy('names', {
      podSelector: everyone,
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            { namespaceSelector: inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }
          ],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 }
          ]
        }
      ]
    }),
    networkPolicy('data', {
      podSelector: everyone,
      policyTypes: ['Egress'],
      egress: [
        {
          to: kubernetes.dataNetworks.map((cidr) => ({ ipBlock: { cidr } })),
          ports: tcp([...DATABASE, ...REDIS, ...QUEUE])
        }
      ]
    }),
    networkPolicy('outside', {
      podSelector: everyone,
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: PRIVATE } }], ports: tcp(OUTSIDE) }]
    }),
    networkPolicy('metrics', {
      podSelector: everyone,
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ namespaceSelector: inNamespace(kubernetes.monitoringNamespace) }],
          ports: tcp(services.map(({ port }) => port))
        }
      ]
    }),
    networkPolicy('visitors', {
      podSelector: { matchLabels: { [PART]: name, [COMPONENT]: 'gateway' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ namespaceSelector: inNamespace(kubernetes.gatewayNamespace) }],
          ports: tcp(services.filter(({ kind }) => kind === 'gateway').map(({ port }) => port))
        }
      ]
    }),
    ...services.flatMap((service) => calledBy(name, service, services))
  ]
}

/** Who may call one service, said on both ends. */
function calledBy(name: string, called: Service, services: readonly Service[]): INetworkPolicy[] {
  const callers = services.filter(({ calls }) => calls.includes(called.name))
  if (callers.length === 0) return []
  const from = callers.map((caller) => caller.name)
  const ports = tcp([called.port])
  const some: Spec['podSelector'] = {
    matchLabels: { [PART]: name },
    matchExpressions: [{ key: COMPONENT, operator: 'In', values: from }]
  }
  const target = { matchLabels: { [PART]: name, [COMPONENT]: called.name } }
  return [
    networkPolicy(`to-${called.name}`, {
      podSelector: target,
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: some }], ports }]
    }),
    networkPolicy(`calls-${called.name}`, {
      podSelector: some,
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: target }], ports }]
    })
  ]
}

export const networkPolicy = (name: string, spec: Spec): INetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec
})

const inNamespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })

export const tcp = (ports: readonly number[]) => ports.map((port) => ({ protocol: 'TCP' as const, port }))
