import { at, kindOf, listAt, type Manifest, nameOf, podOf } from '../manifest.ts'

const WORKLOADS = ['Deployment', 'Job', 'CronJob']

/** What every manifest must keep to, over all objects of one environment. @returns one line for each fault */
export function policyFaults(manifests: readonly Manifest[]): string[] {
  const of = (kind: string) => manifests.filter((manifest) => kindOf(manifest) === kind)
  return [
    ...manifests.filter((manifest) => WORKLOADS.includes(kindOf(manifest))).flatMap(workloadFaults),
    ...of('Deployment')
      .filter((deployment) => !isTool(deployment))
      .flatMap((deployment) => deploymentFaults(deployment, manifests)),
    ...toolFaults(of('Deployment'), of('CronJob')),
    ...of('Job').flatMap(jobFaults),
    ...of('CronJob').flatMap(cronFaults),
    ...of('HorizontalPodAutoscaler').flatMap(autoscalerFaults),
    ...of('PodDisruptionBudget').flatMap(budgetFaults),
    ...of('Service').flatMap((service) => serviceFaults(service, of('Deployment'))),
    ...namespaceFaults(of('Namespace')),
    ...networkFaults(of('NetworkPolicy'), of('Deployment')),
    ...gatewayFaults(of('Gateway'), of('HTTPRoute'), of('Service')),
    ...of('ServiceAccount').flatMap((account) =>
      faults(account, { 'mounts its token': at(account, 'automountServiceAccountToken') === false })
    ),
    ...of('Role').flatMap((role) =>
      listAt(role, 'rules').flatMap((rule) =>
        faults(role, {
          'may do everything': !['verbs', 'resources', 'apiGroups'].some((list) => listAt(rule, list).includes('*')),
          'may read secrets': !listAt(rule, 'resources').includes('secrets')
        })
      )
    ),
    ...manifests.flatMap((manifest) =>
      faults(manifest, {
        'carries a secret': kindOf(manifest) !== 'Secret',
        'uses the retired ingress':
          kindOf(manifest) !== 'Ingress' && !JSON.stringify(manifest).includes('nginx.ingress'),
        'is in no namespace':
          kindOf(manifest) === 'Namespace' || typeof at(manifest, 'metadata', 'namespace') === 'string'
      })
    )
  ]
}

/** Names are faults; they are told where the value is not true. */
function faults(manifest: Manifest, checks: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(checks)
    .filter(([, kept]) => !kept)
    .map(([fault]) => `${kindOf(manifest)} ${nameOf(manifest)}: ${fault}`)
}

function workloadFaults(workload: Manifest): string[] {
  const pod = at(podOf(workload), 'spec')
  const security = at(pod, 'securityContext')
  const containers = listAt(pod, 'containers')
  return [
    ...faults(workload, {
      'has no container': containers.length > 0,
      'may run as root': at(security, 'runAsNonRoot') === true,
      'has no user': Number(at(security, 'runAsUser')) > 0,
      'has no group for its files': Number(at(security, 'fsGroup')) > 0,
      'may call any system call': at(security, 'seccompProfile', 'type') === 'RuntimeDefault',
      'shares something with the node': !['hostNetwork', 'hostPID', 'hostIPC'].some((name) => at(pod, name) === true),
      'mounts a folder of the node': !listAt(pod, 'volumes').some((volume) => at(volume, 'hostPath') !== undefined),
      'is told of every service': at(pod, 'enableServiceLinks') === false,
      'has a token it does not need':
        at(pod, 'automountServiceAccountToken') === false || kindOf(workload) === 'CronJob' || isTool(workload),
      'runs as the default account': typeof at(pod, 'serviceAccountName') === 'string'
    }),
    ...containers.flatMap((container) => containerFaults(workload, container)),
    ...listAt(pod, 'volumes').flatMap((volume) =>
      at(volume, 'emptyDir') === undefined
        ? []
        : faults(workload, { 'may fill the disk of the node': at(volume, 'emptyDir', 'sizeLimit') !== undefined })
    )
  ]
}

function containerFaults(workload: Manifest, container: unknown): string[] {
  const security = at(container, 'securityContext')
  const image = String(at(container, 'image'))
  const secret = /PASSWORD|SECRET|TOKEN|_KEY|DATABASE_URL|REPLICA_URL|REDIS_URL|RABBITMQ_URL|SMTP_URL/
  return faults(workload, {
    'is not pinned by digest': /^[a-z0-9.\-/:]+@sha256:[0-9a-f]{64}$/.test(image) && !image.includes(':latest'),
    'may write to its own files': at(security, 'readOnlyRootFilesystem') === true,
    'may gain rights': at(security, 'allowPrivilegeEscalation') === false && at(security, 'privileged') !== true,
    'keeps capabilities':
      listAt(security, 'capabilities', 'drop').includes('ALL') && listAt(security, 'capabilities', 'add').length === 0,
    'reserves no CPU': at(container, 'resources', 'requests', 'cpu') !== undefined,
    'reserves no memory': at(container, 'resources', 'requests', 'memory') !== undefined,
    'has no limit of CPU': at(container, 'resources', 'limits', 'cpu') !== undefined,
    'has no limit of memory': at(container, 'resources', 'limits', 'memory') !== undefined,
    'has a secret in its environment': !listAt(container, 'env').some((entry) => secret.test(String(at(entry, 'name'))))
  })
}

function deploymentFaults(deployment: Manifest, all: readonly Manifest[]): string[] {
  const template = at(deployment, 'spec', 'template')
  const pod = at(template, 'spec')
  const [container] = listAt(pod, 'containers')
  const labels = JSON.stringify(at(deployment, 'spec', 'selector', 'matchLabels'))
  const single = at(template, 'metadata', 'labels', 'app.kubernetes.io/component') === 'scheduler'
  const preStop = Number(listAt(container, 'lifecycle', 'preStop', 'exec', 'command')[1])
  const grace = Number(at(pod, 'terminationGracePeriodSeconds'))
  const ports = listAt(container, 'ports').map((port) => String(at(port, 'containerPort')))
  return faults(deployment, {
    'has no startup probe': isProbe(at(container, 'startupProbe'), '/health'),
    'has no readiness probe': isProbe(at(container, 'readinessProbe'), '/api/v1/ready'),
    'has no liveness probe': isProbe(at(container, 'livenessProbe'), '/health'),
    'is restarted for slowness sooner than it is taken out of traffic':
      patience(at(container, 'livenessProbe')) > patience(at(container, 'readinessProbe')),
    'stops before the load balancers know': preStop >= 5,
    'is ended before it has finished': grace >= preStop + 25,
    'stops old processes before new ones run':
      at(deployment, 'spec', 'strategy', 'type') === 'RollingUpdate' &&
      at(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') === 0,
    'waits for ever for what does not come up': Number(at(deployment, 'spec', 'progressDeadlineSeconds')) <= 600,
    'cannot go back': Number(at(deployment, 'spec', 'revisionHistoryLimit')) >= 2,
    'is not spread over zones': spread(pod, 'topology.kubernetes.io/zone'),
    'is not spread over nodes': spread(pod, 'kubernetes.io/hostname'),
    'is not scraped': at(template, 'metadata', 'annotations', 'prometheus.io/scrape') === 'true',
    'is scraped at a wrong port': ports.includes(String(at(template, 'metadata', 'annotations', 'prometheus.io/port'))),
    'has a selector that does not find its pods': matches(
      at(deployment, 'spec', 'selector', 'matchLabels'),
      at(template, 'metadata', 'labels')
    ),
    'does not grow':
      single ||
      all.some(
        (other) =>
          kindOf(other) === 'HorizontalPodAutoscaler' &&
          at(other, 'spec', 'scaleTargetRef', 'name') === nameOf(deployment)
      ),
    'may be taken away as a whole':
      single ||
      all.some(
        (other) =>
          kindOf(other) === 'PodDisruptionBudget' &&
          JSON.stringify(at(other, 'spec', 'selector', 'matchLabels')) === labels
      ),
    'says a number where an autoscaler counts': single || at(deployment, 'spec', 'replicas') === undefined
  })
}

const isProbe = (probe: unknown, path: string): boolean =>
  at(probe, 'httpGet', 'path') === path &&
  at(probe, 'httpGet', 'port') === 'http' &&
  Number(at(probe, 'failureThreshold')) > 0

const patience = (probe: unknown): number =>
  Number(at(probe, 'periodSeconds') ?? 10) * Number(at(probe, 'failureThreshold') ?? 3)

const spread = (pod: unknown, key: string): boolean =>
  listAt(pod, 'topologySpreadConstraints').some(
    (constraint) =>
      at(constraint, 'topologyKey') === key &&
      at(constraint, 'maxSkew') === 1 &&
      at(constraint, 'labelSelector', 'matchLabels') !== undefined
  )

const matches = (selector: unknown, labels: unknown): boolean =>
  typeof selector === 'object' &&
  selector !== null &&
  Object.keys(selector).length > 0 &&
  Object.entries(selector).every(([name, value]) => at(labels, name) === value)

const isTool = (workload: Manifest): boolean => nameOf(workload) === 'release-tool'

/** It serves nobody; and whoever may change what runs is one. */
const toolFaults = (deployments: readonly Manifest[], crons: readonly Manifest[]): string[] => {
  const tools = deployments.filter(isTool)
  return [
    ...(tools.length === 1 ? [] : ['There is not exactly one release tool']),
    ...(crons.some((cron) => listAt(podOf(cron), 'spec', 'containers', 0, 'args').includes('--ahead'))
      ? []
      : ['Nothing looks ahead to exams']),
    ...tools.flatMap((tool) =>
      faults(tool, {
        'is there twice': at(tool, 'spec', 'replicas') === 1 && at(tool, 'spec', 'strategy', 'type') === 'Recreate',
        'has an account that others have': at(podOf(tool), 'spec', 'serviceAccountName') === 'lyceum-release'
      })
    )
  ]
}

const jobFaults = (job: Manifest): string[] =>
  faults(job, {
    'tries for ever': Number(at(job, 'spec', 'backoffLimit')) <= 6,
    'runs for ever': Number(at(job, 'spec', 'activeDeadlineSeconds')) > 0,
    'stays for ever': Number(at(job, 'spec', 'ttlSecondsAfterFinished')) > 0,
    'is restarted in place': at(podOf(job), 'spec', 'restartPolicy') === 'Never'
  })

const cronFaults = (cron: Manifest): string[] =>
  faults(cron, {
    'has no schedule': /^\d+ \* \* \* \*$/.test(String(at(cron, 'spec', 'schedule'))),
    'runs by an unknown clock': typeof at(cron, 'spec', 'timeZone') === 'string',
    'may run twice at once': at(cron, 'spec', 'concurrencyPolicy') === 'Forbid',
    'gives up at once': Number(at(cron, 'spec', 'startingDeadlineSeconds')) >= 600,
    'runs for ever': Number(at(cron, 'spec', 'jobTemplate', 'spec', 'activeDeadlineSeconds')) > 0
  })

const autoscalerFaults = (autoscaler: Manifest): string[] =>
  faults(autoscaler, {
    'lets one process be enough': Number(at(autoscaler, 'spec', 'minReplicas')) >= 2,
    'cannot grow': Number(at(autoscaler, 'spec', 'maxReplicas')) > Number(at(autoscaler, 'spec', 'minReplicas')),
    'does not look at the CPU': listAt(autoscaler, 'spec', 'metrics').some(
      (metric) =>
        at(metric, 'resource', 'name') === 'cpu' && Number(at(metric, 'resource', 'target', 'averageUtilization')) <= 90
    ),
    'does not look at the queue':
      !nameOf(autoscaler).startsWith('worker') ||
      listAt(autoscaler, 'spec', 'metrics').some(
        (metric) => at(metric, 'external', 'metric', 'name') === 'lyceum_jobs'
      ),
    'shrinks in every break':
      Number(at(autoscaler, 'spec', 'behavior', 'scaleDown', 'stabilizationWindowSeconds')) >= 300
  })

const budgetFaults = (budget: Manifest): string[] =>
  faults(budget, {
    'lets more than one be taken': at(budget, 'spec', 'maxUnavailable') === 1,
    'is for nobody': Object.keys(Object(at(budget, 'spec', 'selector', 'matchLabels'))).length > 0
  })

function serviceFaults(service: Manifest, deployments: readonly Manifest[]): string[] {
  const found = deployments.filter((deployment) =>
    matches(at(service, 'spec', 'selector'), at(deployment, 'spec', 'template', 'metadata', 'labels'))
  )
  // The other colour is applied by itself.
  const expected = deployments.some(
    (deployment) =>
      at(deployment, 'spec', 'template', 'metadata', 'labels', 'lyceum-colour') ===
      at(service, 'spec', 'selector', 'lyceum-colour')
  )
  return faults(service, {
    'leads to nobody, or to several': found.length === 1 || !expected,
    'has no colour': typeof at(service, 'spec', 'selector', 'lyceum-colour') === 'string',
    'is open to the outside': ['ClusterIP', undefined].some((type) => type === at(service, 'spec', 'type')),
    'leads to no port':
      listAt(service, 'spec', 'ports').every((port) => at(port, 'targetPort') === 'http') &&
      listAt(service, 'spec', 'ports').length > 0
  })
}

const namespaceFaults = (namespaces: readonly Manifest[]): string[] => [
  ...(namespaces.length === 1 ? [] : ['There is not exactly one namespace']),
  ...namespaces.flatMap((namespace) =>
    faults(namespace, {
      'does not enforce pod security': ['enforce', 'audit', 'warn'].every(
        (mode) => at(namespace, 'metadata', 'labels', `pod-security.kubernetes.io/${mode}`) === 'restricted'
      )
    })
  )
]

function networkFaults(policies: readonly Manifest[], deployments: readonly Manifest[]): string[] {
  const deny = policies.find((policy) => {
    const selector = at(policy, 'spec', 'podSelector')
    return typeof selector === 'object' && selector !== null && Object.keys(selector).length === 0
  })
  const denies =
    deny !== undefined &&
    ['Ingress', 'Egress'].every((type) => listAt(deny, 'spec', 'policyTypes').includes(type)) &&
    at(deny, 'spec', 'ingress') === undefined &&
    at(deny, 'spec', 'egress') === undefined
  const names = policies.some((policy) =>
    listAt(policy, 'spec', 'egress').some((rule) =>
      ['UDP', 'TCP'].every((protocol) =>
        listAt(rule, 'ports').some((port) => at(port, 'port') === 53 && at(port, 'protocol') === protocol)
      )
    )
  )
  const reached = deployments
    .filter((deployment) => !['scheduler', 'worker', 'release-tool'].includes(component(deployment)))
    .filter(
      (deployment) =>
        !policies.some(
          (policy) =>
            policy !== deny &&
            at(policy, 'spec', 'podSelector', 'matchLabels', 'app.kubernetes.io/component') === component(deployment) &&
            listAt(policy, 'spec', 'ingress').some((rule) => !JSON.stringify(rule).includes('release-tool'))
        )
    )
  return [
    ...(denies ? [] : ['No network policy denies everything by default']),
    ...(names ? [] : ['Nobody may look up names']),
    ...reached.map((deployment) => `Deployment ${nameOf(deployment)}: nobody may reach it`),
    ...policies.flatMap((policy) =>
      faults(policy, {
        'is open to everybody':
          policy === deny ||
          !['ingress', 'egress'].some((way) => listAt(policy, 'spec', way).some((rule) => isOpen(rule, way))),
        'is for all ports': ['ingress', 'egress'].every((way) =>
          listAt(policy, 'spec', way).every((rule) => listAt(rule, 'ports').length > 0)
        ),
        'reaches private networks by the way outside': listAt(policy, 'spec', 'egress').every((rule) =>
          listAt(rule, 'to').every(
            (peer) => at(peer, 'ipBlock', 'cidr') !== '0.0.0.0/0' || listAt(peer, 'ipBlock', 'except').length >= 4
          )
        )
      })
    )
  ]
}

/** The API server has no label and no fixed address: asking it is the one edge without a peer. */
const isOpen = (rule: unknown, way: string): boolean =>
  listAt(rule, way === 'ingress' ? 'from' : 'to').length === 0 &&
  !(
    way === 'egress' &&
    listAt(rule, 'ports').every((port) => [443, 6443].includes(Number(at(port, 'port')))) &&
    listAt(rule, 'ports').length > 0
  )

const component = (deployment: Manifest): string =>
  String(at(deployment, 'spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/component'))

function gatewayFaults(
  gateways: readonly Manifest[],
  routes: readonly Manifest[],
  services: readonly Manifest[]
): string[] {
  const backends = routes.flatMap((route) =>
    listAt(route, 'spec', 'rules').flatMap((rule) => listAt(rule, 'backendRefs'))
  )
  const names = services.map(nameOf)
  const weighted = routes
    .flatMap((route) => listAt(route, 'spec', 'rules'))
    .filter((rule) => listAt(rule, 'backendRefs').length === 2)
  return [
    ...(gateways.length === 1 ? [] : ['There is not exactly one gateway']),
    ...gateways.flatMap((gateway) =>
      faults(gateway, {
        'serves without TLS': listAt(gateway, 'spec', 'listeners').every(
          (listener) =>
            at(listener, 'protocol') === 'HTTP' ||
            (at(listener, 'tls', 'mode') === 'Terminate' && listAt(listener, 'tls', 'certificateRefs').length > 0)
        ),
        'has no TLS listener': listAt(gateway, 'spec', 'listeners').some(
          (listener) => at(listener, 'protocol') === 'HTTPS' && at(listener, 'port') === 443
        ),
        'lets other namespaces in': listAt(gateway, 'spec', 'listeners').every(
          (listener) => at(listener, 'allowedRoutes', 'namespaces', 'from') === 'Same'
        )
      })
    ),
    ...(routes.some((route) =>
      listAt(route, 'spec', 'rules').some((rule) =>
        listAt(rule, 'filters').some((filter) => at(filter, 'requestRedirect', 'scheme') === 'https')
      )
    )
      ? []
      : ['Plain HTTP is not sent to TLS']),
    ...(routes.some((route) =>
      listAt(route, 'spec', 'rules').some(
        (rule) => at(rule, 'matches', 0, 'path', 'value') === '/metrics' && listAt(rule, 'backendRefs').length === 0
      )
    )
      ? []
      : ['Metrics are open to everybody']),
    ...(weighted.length === 1 &&
    weighted.every(
      (rule) =>
        listAt(rule, 'backendRefs').reduce((sum: number, ref) => sum + Number(at(ref, 'weight')), 0) === 10_000 &&
        listAt(rule, 'filters', 0, 'requestHeaderModifier', 'set').some((set) => at(set, 'name') === 'x-lyceum-traffic')
    )
      ? []
      : ['The weights of the colours are not everybody, or the product does not hear of them']),
    ...backends
      .filter((ref) => !names.includes(String(at(ref, 'name'))))
      .map((ref) => `A route leads to ${String(at(ref, 'name'))}, which is no service`)
  ]
}
