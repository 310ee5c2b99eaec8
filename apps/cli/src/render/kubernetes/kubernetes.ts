import type { IConfigMap, INamespace, IPersistentVolumeClaim, IService, IServiceAccount } from 'kubernetes-models/v1'
import type { Deployment } from '../deployment.ts'
import { commonSettings } from '../environment.ts'
import { type RenderedFile, yamlFile } from '../rendered-file.ts'
import type { Service } from '../service.ts'
import { migrationJob } from './job.ts'
import { COLOUR, COMPONENT, labelsOf } from './labels.ts'
import { networkPolicies } from './network.ts'
import { HOME, IMAGE, SECRETS_FOLDER } from './pod.ts'
import { releaseTool } from './release-tool.ts'
import { rollScript } from './roll.ts'
import { COLOURS, gatewayOf, redirectOf, routeOf } from './traffic.ts'
import { workload } from './workload.ts'

type Environment = 'staging' | 'production'
const ENVIRONMENTS: readonly Environment[] = ['staging', 'production']

/**
 * Kustomize: `ground` is what both colours stand on, `release` one colour without its name, `migrate` the job between.
 * `overlays/<environment>/{ground,traffic,tool,migrate,blue,green}` are what is applied.
 */
export const renderKubernetes = (deployment: Deployment, services: readonly Service[]): RenderedFile[] => [
  ...ground(deployment, services),
  ...release(deployment, services),
  ...migrate(deployment),
  ...ENVIRONMENTS.flatMap((environment) => overlay(deployment, services, environment)),
  rollScript(deployment, services)
]

function ground(deployment: Deployment, services: readonly Service[]): RenderedFile[] {
  const { name, kubernetes } = deployment
  const files: Record<string, readonly object[]> = {
    'namespace.yaml': [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name,
          labels: Object.fromEntries(
            ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted'])
          )
        }
      } satisfies INamespace
    ],
    'account.yaml': [
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name },
        automountServiceAccountToken: false
      } satisfies IServiceAccount
    ],
    'uploads.yaml': [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: `${name}-uploads` },
        spec: {
          accessModes: ['ReadWriteMany'],
          storageClassName: kubernetes.uploadsStorageClass,
          resources: { requests: { storage: kubernetes.uploadsSize } }
        }
      } satisfies IPersistentVolumeClaim
    ],
    'gateways.yaml': COLOURS.map(
      (colour) =>
        ({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: `gateway-${colour}`, labels: labelsOf(name, { name: 'gateway' }) },
          spec: {
            selector: { [COMPONENT]: 'gateway', [COLOUR]: colour },
            ports: [{ name: 'http', port: 3000, targetPort: 'http' }]
          }
        }) satisfies IService
    ),
    'network.yaml': networkPolicies(deployment, services)
  }
  const filled = Object.entries(files).filter(([, objects]) => objects.length > 0)
  return [
    kustomization('kubernetes/ground', { namespace: name, resources: filled.map(([file]) => file) }),
    ...filled.map(([file, objects]) => yamlFile(`kubernetes/ground/${file}`, ...objects))
  ]
}

const release = (deployment: Deployment, services: readonly Service[]): RenderedFile[] => [
  kustomization('kubernetes/release', { resources: services.map(({ name }) => `${name}.yaml`) }),
  ...services.map((service) => yamlFile(`kubernetes/release/${service.name}.yaml`, ...workload(deployment, service)))
]

const migrate = ({ name }: Deployment): RenderedFile[] => [
  kustomization('kubernetes/migrate', { resources: ['migrate.yaml'] }),
  yamlFile('kubernetes/migrate/migrate.yaml', migrationJob(name))
]

function overlay(deployment: Deployment, services: readonly Service[], environment: Environment): RenderedFile[] {
  const { name, image } = deployment
  const namespace = environment === 'production' ? name : `${name}-staging`
  const hosts = environment === 'production' ? deployment.hosts : deployment.stagingHosts
  const folder = `kubernetes/overlays/${environment}`
  const images = [{ name: IMAGE, newName: image.repository, digest: image.digest }]
  const settings = commonSettings(deployment, services, {
    environment,
    home: HOME,
    address: (service) => `http://${service.name}:${service.port}`,
    secretFile: (secret) => `${SECRETS_FOLDER}/${secret}`,
    storage: 's3',
    replicas: environment === 'staging' ? FEW_REPLICAS : deployment.replicas.max
  })
  const { SERVICE_URLS: _, ...common } = settings
  const few = environment === 'staging' ? { patches: [fewReplicas] } : {}
  return [
    kustomization(`${folder}/ground`, {
      namespace,
      resources: ['../../../ground', 'config.yaml', 'gateway.yaml'],
      images
    }),
    yamlFile(`${folder}/ground/config.yaml`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: common
    } satisfies IConfigMap),
    yamlFile(`${folder}/ground/gateway.yaml`, gatewayOf(deployment, hosts), redirectOf(deployment)),
    // Apart from the ground and applied once: afterwards the weights belong to the release tool.
    kustomization(`${folder}/traffic`, { namespace, resources: ['route.yaml'] }),
    yamlFile(`${folder}/traffic/route.yaml`, routeOf(deployment, hosts)),
    kustomization(`${folder}/tool`, {
      namespace,
      resources: ['tool.yaml'],
      images,
      // Staging has no exams.
      ...(environment === 'staging'
        ? {
            patches: [{ target: { kind: 'CronJob' }, patch: '[{"op": "add", "path": "/spec/suspend", "value": true}]' }]
          }
        : {})
    }),
    yamlFile(`${folder}/tool/tool.yaml`, ...releaseTool(deployment, { namespace, host: hosts[0] ?? '' })),
    kustomization(`${folder}/migrate`, { namespace, resources: ['../../../migrate'], images }),
    ...COLOURS.flatMap((colour) => [
      kustomization(`${folder}/${colour}`, {
        namespace,
        resources: ['../../../release', 'colour.yaml'],
        nameSuffix: `-${colour}`,
        labels: [{ pairs: { [COLOUR]: colour }, includeSelectors: true, includeTemplates: true }],
        images,
        ...few
      }),
      yamlFile(`${folder}/${colour}/colour.yaml`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `${name}-colour` },
        data: {
          SERVICE_URLS: services
            .filter(({ kind }) => kind === 'module')
            .map((service) => `${service.name}=http://${service.name}-${colour}:${service.port}`)
            .join(',')
        }
      } satisfies IConfigMap)
    ])
  ]
}

/** Enough to see that several processes work together, and no more. */
const FEW_REPLICAS = 3
const fewReplicas = {
  target: { kind: 'HorizontalPodAutoscaler' },
  patch: `[{"op": "replace", "path": "/spec/maxReplicas", "value": ${FEW_REPLICAS}}]`
}

const kustomization = (folder: string, content: object): RenderedFile =>
  yamlFile(`${folder}/kustomization.yaml`, {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...content
  })
