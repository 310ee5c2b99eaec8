import type { IJob } from 'kubernetes-models/batch/v1'
import type { IContainer, IPodSpec } from 'kubernetes-models/v1'
import { labelsOf } from './labels.ts'
import { containerSecurity, HOME, IMAGE, podSecurity, resourcesOf, SECRETS_FOLDER } from './pod.ts'

const RESOURCES = { cpu: { request: 250, limit: 500 }, memory: { request: 256, limit: 512 } }
const MIGRATE = { name: 'migrate' }

/** The schema, brought up to the image. */
export const migrationJob = (name: string): IJob => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', labels: labelsOf(name, MIGRATE) },
  spec: { ...jobSpec(name, IMAGE, ['migrate', 'up']), backoffLimit: 2, ttlSecondsAfterFinished: 86_400 }
})

/** One command of one release; once, because whoever asks asks again. */
export const askingJob = ({
  name,
  jobName,
  image,
  args
}: {
  readonly name: string
  readonly jobName: string
  readonly image: string
  readonly args: readonly string[]
}) =>
  ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName, labels: labelsOf(name, MIGRATE) },
    spec: { ...jobSpec(name, image, args), backoffLimit: 0, ttlSecondsAfterFinished: 600 }
  }) satisfies IJob

/** What one process of ours needs that comes, does one thing and goes. */
export const onePod = (name: string, container: Pick<IContainer, 'name' | 'image' | 'args' | 'command'>): IPodSpec => ({
  ...podSecurity,
  serviceAccountName: name,
  containers: [
    {
      ...container,
      envFrom: [{ configMapRef: { name } }],
      resources: resourcesOf(RESOURCES),
      securityContext: containerSecurity,
      volumeMounts: [
        { name: 'secrets', mountPath: SECRETS_FOLDER, readOnly: true },
        { name: 'tmp', mountPath: '/tmp' },
        { name: 'home', mountPath: HOME }
      ]
    }
  ],
  volumes: [
    { name: 'secrets', secret: { secretName: `${name}-secrets`, defaultMode: 0o440 } },
    { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
    { name: 'home', emptyDir: { sizeLimit: '256Mi' } }
  ]
})

const jobSpec = (name: string, image: string, args: readonly string[]) => ({
  activeDeadlineSeconds: 1800,
  template: {
    metadata: { labels: labelsOf(name, MIGRATE) },
    spec: { ...onePod(name, { name: 'migrate', image, args: [...args] }), restartPolicy: 'Never' as const }
  }
})
