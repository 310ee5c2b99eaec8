import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ICronJob } from 'kubernetes-models/batch/v1'
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import type { IRole, IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1'
import type { IConfigMap, IServiceAccount } from 'kubernetes-models/v1'
import type { Deployment, Peak } from '../deployment.ts'
import { COMPONENT, labelsOf, PART } from './labels.ts'
import { containerSecurity, IMAGE, podSecurity } from './pod.ts'

const SCRIPT = readFileSync(fileURLToPath(new URL('prescale.mjs', import.meta.url)), 'utf8')
const PRESCALE = { name: 'prescale' }

/**
 * Machines that are there before the exam begins: an autoscaler that only follows the load is minutes late. Before and
 * after each peak a job changes the least number of replicas; it can do that and nothing else.
 */
export function prescaling(deployment: Deployment): object[] {
  const { name, peaks } = deployment
  if (peaks.length === 0) return []
  const account = `${name}-prescale`
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: account },
      automountServiceAccountToken: false
    } satisfies IServiceAccount,
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: account },
      rules: [{ apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'patch'] }]
    } satisfies IRole,
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: account },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', name: account }]
    } satisfies IRoleBinding,
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: account },
      data: { 'prescale.mjs': SCRIPT }
    } satisfies IConfigMap,
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'prescale-asks-kubernetes' },
      spec: {
        podSelector: { matchLabels: { [PART]: name, [COMPONENT]: PRESCALE.name } },
        policyTypes: ['Egress'],
        egress: [{ ports: [443, 6443].map((port) => ({ protocol: 'TCP', port })) }]
      }
    } satisfies INetworkPolicy,
    ...peaks.flatMap((peak) => [
      cronJob(deployment, `${peak.name}-begins`, minutesBefore(peak.from, deployment.leadMinutes), peak.replicas),
      cronJob(deployment, `${peak.name}-ends`, peak.to, deployment.replicas.min)
    ])
  ]
}

function cronJob({ name, timeZone }: Deployment, jobName: string, at: Peak['from'], replicas: number): ICronJob {
  const [, year = '', month = '', day = '', hour = '', minute = ''] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)$/.exec(at) ?? []
  const labels = labelsOf(name, PRESCALE)
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: jobName, labels },
    spec: {
      schedule: [minute, hour, day, month, '*'].map((part) => (part === '*' ? part : String(Number(part)))).join(' '),
      timeZone,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
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
              ...podSecurity,
              automountServiceAccountToken: true,
              serviceAccountName: `${name}-prescale`,
              restartPolicy: 'OnFailure',
              containers: [
                {
                  name: 'prescale',
                  image: IMAGE,
                  command: ['node', '/etc/prescale/prescale.mjs'],
                  env: [
                    { name: 'REPLICAS', value: String(replicas) },
                    { name: 'ONLY_IN', value: year },
                    { name: 'SELECTOR', value: `${PART}=${name}` },
                    { name: 'TZ', value: timeZone },
                    { name: 'NODE_EXTRA_CA_CERTS', value: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' }
                  ],
                  resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
                  securityContext: containerSecurity,
                  volumeMounts: [{ name: 'script', mountPath: '/etc/prescale', readOnly: true }]
                }
              ],
              volumes: [{ name: 'script', configMap: { name: `${name}-prescale` } }]
            }
          }
        }
      }
    }
  }
}

/** On the clock of the wall, where no zone is needed: schedules are read in the zone of the deployment. */
const minutesBefore = (at: string, minutes: number): string =>
  new Date(Date.parse(`${at}Z`) - minutes * 60_000).toISOString().slice(0, 16)
