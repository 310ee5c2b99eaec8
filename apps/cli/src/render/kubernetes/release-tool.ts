import type { IDeployment } from 'kubernetes-models/apps/v1'
import type { ICronJob } from 'kubernetes-models/batch/v1'
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import type { IRole, IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1'
import type { IConfigMap, IPodSpec, IServiceAccount } from 'kubernetes-models/v1'
import type { Deployment } from '../deployment.ts'
import { onePod } from './job.ts'
import { COMPONENT, labelsOf, PART } from './labels.ts'
import { networkPolicy, tcp } from './network.ts'
import { IMAGE } from './pod.ts'

export const RELEASE_TOOL = 'release-tool'
const SCALE = 'scale'
const FOLDER = '/etc/lyceum-release'

type Rules = NonNullable<IRole['rules']>

/** What the release tool asks of the API, and nothing beside it; it never reads a secret. */
const RELEASING: Rules = [
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'patch'] },
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: ['get', 'update'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'create', 'update'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'create', 'delete'] },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list'] }
]
const SCALING: Rules = [
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'patch'] }
]

/**
 * A pod in which releases are made, so that the tool is where it reaches the API, the processes and the database; and a job
 * that looks into the academic calendars every hour and has machines there before exams begin, because an autoscaler that
 * only follows the load is minutes late.
 */
export const releaseTool = (
  deployment: Deployment,
  { namespace, host }: { readonly namespace: string; readonly host: string }
): object[] => {
  const { name } = deployment
  return [
    ...account(`${name}-release`, RELEASING),
    ...account(`${name}-${SCALE}`, SCALING),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-release-target` },
      data: { 'target.json': JSON.stringify({ name, namespace, door: { url: `https://${host}`, host } }) }
    } satisfies IConfigMap,
    ...network(deployment),
    toolPod(name),
    scaleJob(deployment)
  ]
}

const account = (name: string, rules: Rules): object[] => [
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name },
    automountServiceAccountToken: false
  } satisfies IServiceAccount,
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules } satisfies IRole,
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name }]
  } satisfies IRoleBinding
]

/** To the API, to the gateways of both colours past the front door, and to the front door, whose pods listen higher up. */
function network({ name, kubernetes }: Deployment): INetworkPolicy[] {
  const tool = { matchLabels: { [PART]: name, [COMPONENT]: RELEASE_TOOL } }
  const gateways = { matchLabels: { [PART]: name, [COMPONENT]: 'gateway' } }
  const door = { matchLabels: { 'kubernetes.io/metadata.name': kubernetes.gatewayNamespace } }
  return [
    networkPolicy('release-tool-asks-kubernetes', {
      podSelector: {
        matchLabels: { [PART]: name },
        matchExpressions: [{ key: COMPONENT, operator: 'In', values: [RELEASE_TOOL, SCALE] }]
      },
      policyTypes: ['Egress'],
      egress: [{ ports: tcp([443, 6443]) }]
    }),
    networkPolicy('release-tool-looks', {
      podSelector: tool,
      policyTypes: ['Egress'],
      egress: [
        { to: [{ podSelector: gateways }], ports: tcp([3000]) },
        { to: [{ namespaceSelector: door }], ports: tcp([443, 8443, 10_443]) }
      ]
    }),
    networkPolicy('looked-at-by-release-tool', {
      podSelector: gateways,
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: tool }], ports: tcp([3000]) }]
    })
  ]
}

/** As its processes, with the description of the cluster beside, and a token. */
function toolSpec(
  name: string,
  account: string,
  container: { name: string; command?: string[]; args?: string[] }
): IPodSpec {
  const pod = onePod(name, { ...container, image: IMAGE })
  return {
    ...pod,
    serviceAccountName: account,
    automountServiceAccountToken: true,
    containers: pod.containers.map((one) => ({
      ...one,
      volumeMounts: [...(one.volumeMounts ?? []), { name: 'target', mountPath: FOLDER, readOnly: true }]
    })),
    volumes: [...(pod.volumes ?? []), { name: 'target', configMap: { name: `${name}-release-target` } }]
  }
}

function toolPod(name: string): IDeployment {
  const labels = labelsOf(name, { name: RELEASE_TOOL })
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: RELEASE_TOOL, labels },
    spec: {
      replicas: 1,
      revisionHistoryLimit: 2,
      // Whoever is at it in the old pod goes on in the new one: the journal is in the cluster.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: { [PART]: name, [COMPONENT]: RELEASE_TOOL } },
      template: {
        metadata: { labels },
        spec: toolSpec(name, `${name}-release`, { name: RELEASE_TOOL, command: ['sleep', 'infinity'] })
      }
    }
  }
}

function scaleJob({ name, timeZone, leadMinutes, replicas, examReplicas }: Deployment): ICronJob {
  const labels = labelsOf(name, { name: SCALE })
  // An exam that begins just before the next look must be seen at this one.
  const ahead = `${leadMinutes + 60}m`
  const numbers = ['--least', String(examReplicas), '--usual', String(replicas.min)]
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: SCALE, labels },
    spec: {
      schedule: '5 * * * *',
      timeZone,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 1800,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 5,
          activeDeadlineSeconds: 600,
          ttlSecondsAfterFinished: 604_800,
          template: {
            metadata: { labels },
            spec: {
              ...toolSpec(name, `${name}-${SCALE}`, {
                name: SCALE,
                args: ['scale', '--ahead', ahead, ...numbers, '--target', 'kubernetes', '--root', FOLDER]
              }),
              restartPolicy: 'OnFailure'
            }
          }
        }
      }
    }
  }
}
