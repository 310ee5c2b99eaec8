import type { IContainer, IPodSpec, IVolume, IVolumeMount } from 'kubernetes-models/v1'
import { SHUTDOWN_SECONDS } from '../environment.ts'
import type { Resources, Service } from '../service.ts'

/** Seconds between leaving the load balancers' lists and being told to stop: as long as they need to notice. */
const LEAVING_SECONDS = 10

export const HOME = '/var/lib/lyceum'
export const SECRETS_FOLDER = '/run/secrets/lyceum'
export const IMAGE = 'lyceum'

/** What every pod of ours promises the namespace's `restricted` standard. */
export const podSecurity = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 1000,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' }
  }
} satisfies Partial<IPodSpec>

export const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] }
} satisfies IContainer['securityContext']

export const resourcesOf = ({ cpu, memory }: Resources) => ({
  requests: { cpu: `${cpu.request}m`, memory: quantity(memory.request) },
  limits: { cpu: `${cpu.limit}m`, memory: quantity(memory.limit) }
})

const quantity = (mebibytes: number): string => (mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`)

/** Node grows its heap until the kernel ends it, unless it is told before: the rest is for buffers and the stack. */
export const heapOption = ({ memory }: Resources): string => `--max-old-space-size=${Math.floor(memory.limit * 0.7)}`

/** The pod of one process of the product. */
export const podSpec = (name: string, service: Service): IPodSpec => ({
  serviceAccountName: name,
  ...podSecurity,
  terminationGracePeriodSeconds: LEAVING_SECONDS + SHUTDOWN_SECONDS + 25,
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { 'app.kubernetes.io/component': service.name } }
    },
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { 'app.kubernetes.io/component': service.name } }
    }
  ],
  containers: [
    {
      name: service.name,
      image: IMAGE,
      args: ['serve', service.name],
      ports: [{ name: 'http', containerPort: service.port }],
      envFrom: [{ configMapRef: { name } }, { configMapRef: { name: `${name}-colour` } }],
      env: [
        { name: 'PORT', value: String(service.port) },
        { name: 'NODE_OPTIONS', value: heapOption(service.resources) }
      ],
      resources: resourcesOf(service.resources),
      // Migrations never run here, but a cold node pulls, compiles and connects: a minute is normal, two are a fault.
      startupProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 2, failureThreshold: 60 },
      readinessProbe: {
        httpGet: { path: '/api/v1/ready', port: 'http' },
        periodSeconds: 5,
        timeoutSeconds: 4,
        failureThreshold: 2
      },
      livenessProbe: {
        httpGet: { path: '/health', port: 'http' },
        periodSeconds: 10,
        timeoutSeconds: 5,
        failureThreshold: 6
      },
      lifecycle: { preStop: { exec: { command: ['sleep', String(LEAVING_SECONDS)] } } },
      securityContext: containerSecurity,
      volumeMounts: volumeMounts(service)
    }
  ],
  volumes: volumes(name, service)
})

/** Uploads arrive in parts, at whichever pod is free, and are finished by a worker: both see the same folder. */
const sharesHome = ({ name, kind }: Service): boolean => name === 'file' || kind === 'worker'

const volumeMounts = (service: Service): IVolumeMount[] => [
  { name: 'secrets', mountPath: SECRETS_FOLDER, readOnly: true },
  { name: 'tmp', mountPath: '/tmp' },
  { name: 'home', mountPath: HOME, ...(sharesHome(service) ? { subPath: 'home' } : {}) }
]

const volumes = (name: string, service: Service): IVolume[] => [
  { name: 'secrets', secret: { secretName: `${name}-secrets`, defaultMode: 0o440 } },
  { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
  sharesHome(service)
    ? { name: 'home', persistentVolumeClaim: { claimName: `${name}-uploads` } }
    : { name: 'home', emptyDir: { sizeLimit: '256Mi' } }
]
