import { at, kindOf, listAt, type Manifest, nameOf } from '../manifest.ts'

export interface Mutation {
  readonly path: readonly (string | number)[]
  readonly value: unknown
}

/** Every way to spoil an object that somebody might take for a harmless edit. */
export function mutations(manifest: Manifest): Mutation[] {
  const workload = ['Deployment', 'Job', 'CronJob'].includes(kindOf(manifest))
  return [...(workload ? podMutations(manifest) : []), ...(byKind[kindOf(manifest)]?.(manifest) ?? [])]
}

function podMutations(manifest: Manifest): Mutation[] {
  const pod =
    kindOf(manifest) === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template', 'spec'] : ['spec', 'template', 'spec']
  const container = [...pod, 'containers', 0]
  const emptied = listAt(manifest, ...pod, 'volumes').flatMap((volume, position): Mutation[] =>
    at(volume, 'emptyDir') === undefined
      ? []
      : [{ path: [...pod, 'volumes', position, 'emptyDir', 'sizeLimit'], value: undefined }]
  )
  return [
    ...removed(pod, ['securityContext', 'serviceAccountName', 'enableServiceLinks', 'containers']),
    ...removed([...pod, 'securityContext'], ['runAsNonRoot', 'runAsUser', 'fsGroup', 'seccompProfile']),
    ...set(pod, { hostNetwork: true, hostPID: true, hostIPC: true }),
    ...set([...pod, 'securityContext'], { runAsNonRoot: false, runAsUser: 0, seccompProfile: { type: 'Unconfined' } }),
    ...removed(container, ['image', 'resources', 'securityContext']),
    ...removed([...container, 'resources'], ['requests', 'limits']),
    ...removed([...container, 'resources', 'requests'], ['cpu', 'memory']),
    ...removed([...container, 'resources', 'limits'], ['cpu', 'memory']),
    ...removed(
      [...container, 'securityContext'],
      ['readOnlyRootFilesystem', 'allowPrivilegeEscalation', 'capabilities']
    ),
    ...set([...container, 'securityContext'], {
      readOnlyRootFilesystem: false,
      allowPrivilegeEscalation: true,
      privileged: true,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] }
    }),
    ...set(container, {
      image: 'registry.example.org/lyceum:latest',
      env: [{ name: 'TOKEN_SECRET', value: 'written here' }]
    }),
    ...set([...pod, 'volumes'], { 0: { name: 'host', hostPath: { path: '/' } } }),
    ...emptied
  ]
}

const removed = (path: readonly (string | number)[], names: readonly (string | number)[]): Mutation[] =>
  names.map((name) => ({ path: [...path, name], value: undefined }))
const set = (path: readonly (string | number)[], values: Readonly<Record<string, unknown>>): Mutation[] =>
  Object.entries(values).map(([name, value]) => ({ path: [...path, name], value }))

const container = ['spec', 'template', 'spec', 'containers', 0]

const byKind: Readonly<Record<string, (manifest: Manifest) => Mutation[]>> = {
  Deployment: (deployment) =>
    nameOf(deployment) === 'release-tool'
      ? [
          ...set(['spec'], { replicas: 2, strategy: { type: 'RollingUpdate' } }),
          ...set(['spec', 'template', 'spec'], { serviceAccountName: 'lyceum' })
        ]
      : [
          ...removed(container, ['startupProbe', 'readinessProbe', 'livenessProbe', 'lifecycle', 'ports']),
          ...['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((probe) => [
            ...set([...container, probe, 'httpGet'], { path: '/', port: 1 }),
            ...removed([...container, probe], ['httpGet', 'failureThreshold'])
          ]),
          ...set([...container, 'livenessProbe'], { failureThreshold: 1, periodSeconds: 1 }),
          ...set([...container, 'lifecycle', 'preStop', 'exec'], { command: ['sleep', '0'] }),
          ...removed(
            ['spec', 'template', 'spec'],
            ['terminationGracePeriodSeconds', 'topologySpreadConstraints', 'automountServiceAccountToken']
          ),
          ...set(['spec', 'template', 'spec'], {
            terminationGracePeriodSeconds: 10,
            automountServiceAccountToken: true
          }),
          ...removed(['spec', 'template', 'spec', 'topologySpreadConstraints'], [0, 1]),
          ...[0, 1].flatMap((position) => [
            ...set(['spec', 'template', 'spec', 'topologySpreadConstraints', position], {
              maxSkew: 5,
              topologyKey: 'rack'
            }),
            ...removed(['spec', 'template', 'spec', 'topologySpreadConstraints', position], ['labelSelector'])
          ]),
          ...removed(['spec'], ['selector', 'strategy', 'progressDeadlineSeconds', 'revisionHistoryLimit']),
          ...set(['spec'], {
            progressDeadlineSeconds: 86_400,
            revisionHistoryLimit: 0,
            strategy: { type: 'Recreate' }
          }),
          ...set(['spec', 'strategy', 'rollingUpdate'], { maxUnavailable: 1 }),
          ...removed(['spec', 'template', 'metadata'], ['annotations', 'labels']),
          ...set(['spec', 'template', 'metadata', 'annotations'], {
            'prometheus.io/port': '1',
            'prometheus.io/scrape': 'false'
          }),
          ...set(['spec', 'selector', 'matchLabels'], { 'app.kubernetes.io/component': 'other' }),
          ...set(['metadata'], { namespace: undefined }),
          ...(nameOf(deployment).startsWith('scheduler') ? [] : set(['spec'], { replicas: 1 }))
        ],
  Job: () => [
    ...removed(['spec'], ['backoffLimit', 'activeDeadlineSeconds', 'ttlSecondsAfterFinished']),
    ...set(['spec'], { backoffLimit: 1000 }),
    ...set(['spec', 'template', 'spec'], { restartPolicy: 'OnFailure', automountServiceAccountToken: true })
  ],
  CronJob: () => [
    ...removed(['spec'], ['schedule', 'timeZone', 'concurrencyPolicy', 'startingDeadlineSeconds']),
    ...set(['spec'], { schedule: '* * * * *', concurrencyPolicy: 'Allow', startingDeadlineSeconds: 1 }),
    ...removed(['spec', 'jobTemplate', 'spec'], ['activeDeadlineSeconds']),
    ...set(['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers', 0], { args: ['scale'] })
  ],
  HorizontalPodAutoscaler: (autoscaler) => [
    ...removed(['spec'], ['minReplicas', 'maxReplicas', 'metrics', 'behavior']),
    ...set(['spec'], { minReplicas: 1, maxReplicas: 2 }),
    ...set(['spec', 'scaleTargetRef'], { name: 'nobody' }),
    ...listAt(autoscaler, 'spec', 'metrics').flatMap((_, position) => removed(['spec', 'metrics'], [position])),
    ...set(['spec', 'metrics', 0, 'resource', 'target'], { averageUtilization: 99 }),
    ...set(['spec', 'behavior', 'scaleDown'], { stabilizationWindowSeconds: 0 })
  ],
  PodDisruptionBudget: () => [
    ...removed(['spec'], ['maxUnavailable', 'selector']),
    ...set(['spec'], { maxUnavailable: '100%' }),
    ...removed(['spec', 'selector'], ['matchLabels']),
    ...set(['spec', 'selector', 'matchLabels'], { 'app.kubernetes.io/component': 'other' })
  ],
  Service: (service) => [
    ...removed(['spec'], ['selector', 'ports']),
    ...removed(['spec', 'selector'], ['lyceum-colour']),
    ...set(['spec'], { type: 'LoadBalancer' }),
    ...set(['spec', 'ports', 0], { targetPort: 'other' }),
    // The gateway of the colour that is not there leads to nobody as it is.
    ...(nameOf(service) === 'gateway-green'
      ? []
      : set(['spec', 'selector'], { 'app.kubernetes.io/component': 'other' }))
  ],
  Namespace: () => [
    ...['enforce', 'audit', 'warn'].flatMap((mode) => [
      ...removed(['metadata', 'labels'], [`pod-security.kubernetes.io/${mode}`]),
      ...set(['metadata', 'labels'], { [`pod-security.kubernetes.io/${mode}`]: 'baseline' })
    ])
  ],
  NetworkPolicy: (policy) => {
    const denies = nameOf(policy) === 'default-deny'
    const ways = ['ingress', 'egress'].filter((way) => listAt(policy, 'spec', way).length > 0)
    return [
      ...(denies
        ? [
            ...set(['spec'], { policyTypes: ['Ingress'], ingress: [{}], egress: [{}] }),
            ...removed(['spec'], ['policyTypes'])
          ]
        : []),
      ...ways.flatMap((way) => [
        ...set(['spec', way], { 0: {} }),
        ...removed(['spec', way, 0], ['ports']),
        ...(nameOf(policy) === 'release-tool-asks-kubernetes'
          ? []
          : removed(['spec', way, 0], [way === 'ingress' ? 'from' : 'to']))
      ]),
      ...(nameOf(policy) === 'outside' ? removed(['spec', 'egress', 0, 'to', 0, 'ipBlock'], ['except']) : [])
    ]
  },
  Gateway: (gateway) =>
    listAt(gateway, 'spec', 'listeners').flatMap((listener, position) => [
      ...removed(['spec', 'listeners', position], ['allowedRoutes', 'protocol']),
      ...set(['spec', 'listeners', position, 'allowedRoutes', 'namespaces'], { from: 'All' }),
      ...(at(listener, 'protocol') === 'HTTPS'
        ? [
            ...removed(['spec', 'listeners', position], ['tls']),
            ...set(['spec', 'listeners', position, 'tls'], { mode: 'Passthrough', certificateRefs: [] }),
            ...set(['spec', 'listeners', position], { protocol: 'TCP', port: 80 })
          ]
        : [])
    ]),
  HTTPRoute: (route) =>
    listAt(route, 'spec', 'rules').flatMap((rule, position) => [
      ...(listAt(rule, 'filters').length > 0
        ? removed(['spec', 'rules', position], ['filters']).filter(
            () => at(rule, 'matches') === undefined || listAt(rule, 'backendRefs').length === 2
          )
        : []),
      ...(at(rule, 'matches', 0, 'path', 'value') === '/metrics' ? removed(['spec', 'rules'], [position]) : []),
      ...listAt(rule, 'backendRefs').flatMap((_, ref) => [
        ...set(['spec', 'rules', position, 'backendRefs', ref], { name: 'nobody' }),
        ...(listAt(rule, 'backendRefs').length === 2
          ? set(['spec', 'rules', position, 'backendRefs', ref], { weight: 50 })
          : [])
      ])
    ]),
  ServiceAccount: () => [
    ...removed([], ['automountServiceAccountToken']),
    ...set([], { automountServiceAccountToken: true })
  ],
  Role: () => [
    ...set(['spec'].slice(1), { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }),
    ...set(['rules', 0], { resources: ['secrets'], verbs: ['*'] })
  ]
}
