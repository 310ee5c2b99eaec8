import type { IDeployment } from 'kubernetes-models/apps/v1'
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1'
import type { IService } from 'kubernetes-models/v1'
import type { Deployment } from '../deployment.ts'
import type { Service } from '../service.ts'
import { COMPONENT, labelsOf } from './labels.ts'
import { podSpec } from './pod.ts'

/** Everything of one process of a colour: how it runs, where it is found, how it grows and how it is kept. */
export const workload = (deployment: Deployment, service: Service): object[] => [
  deploymentOf(deployment, service),
  // The two gateways are found by the route and therefore named with their colour, in the ground.
  ...(service.kind === 'gateway' ? [] : [serviceOf(deployment.name, service)]),
  ...(isSingle(service) ? [] : [autoscalerOf(deployment, service), disruptionBudgetOf(deployment.name, service)])
]

/** Of schedulers one is enough: every schedule runs once for the installation, whoever asks for it. */
export const isSingle = ({ kind }: Service): boolean => kind === 'scheduler'

function deploymentOf({ name }: Deployment, service: Service): IDeployment {
  const labels = labelsOf(name, service)
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: service.name, labels },
    spec: {
      // Where an autoscaler counts, a number here would undo its work at every apply.
      ...(isSingle(service) ? { replicas: 1 } : {}),
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: 300,
      minReadySeconds: 5,
      selector: { matchLabels: { [COMPONENT]: service.name } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: {
          labels,
          annotations: {
            'prometheus.io/scrape': 'true',
            'prometheus.io/port': String(service.port),
            'prometheus.io/path': '/metrics',
            'kubectl.kubernetes.io/default-container': service.name
          }
        },
        spec: podSpec(name, service)
      }
    }
  }
}

const serviceOf = (name: string, service: Service): IService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: service.name, labels: labelsOf(name, service) },
  spec: {
    selector: { [COMPONENT]: service.name },
    ports: [{ name: 'http', port: service.port, targetPort: 'http' }]
  }
})

const autoscalerOf = (
  { name, replicas, cpuTarget, jobsPerWorker }: Deployment,
  service: Service
): IHorizontalPodAutoscaler => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: service.name, labels: labelsOf(name, service) },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: service.name },
    minReplicas: replicas.min,
    maxReplicas: replicas.max,
    metrics: [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuTarget } } },
      ...(service.kind === 'worker'
        ? [
            {
              type: 'External',
              external: {
                metric: { name: 'lyceum_jobs', selector: { matchLabels: { state: 'waiting' } } },
                target: { type: 'AverageValue', averageValue: String(jobsPerWorker) }
              }
            }
          ]
        : [])
    ],
    behavior: {
      scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 100, periodSeconds: 30 }] },
      // Lessons end together and begin together: what is stopped in the break is missing after it.
      scaleDown: { stabilizationWindowSeconds: 900, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] }
    }
  }
})

const disruptionBudgetOf = (name: string, service: Service): IPodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: service.name, labels: labelsOf(name, service) },
  spec: { maxUnavailable: 1, selector: { matchLabels: { [COMPONENT]: service.name } } }
})
