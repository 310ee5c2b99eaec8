import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { parse, YAMLParseError } from 'yaml'
import { CommandFailed } from '../outcome.ts'

const HostName = Type.String({ pattern: '^(\\*\\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$' })

/** Everything that differs between installations and is no setting of a process: the source of all that is rendered. */
export const DeploymentSchema = Type.Object(
  {
    /** Name of the namespace, the Compose project and the units. */
    name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }),
    /** Every host name of every school; the first is the one in links. */
    hosts: Type.Array(HostName, { minItems: 1 }),
    stagingHosts: Type.Array(HostName, { minItems: 1 }),
    image: Type.Object(
      {
        repository: Type.String({ minLength: 1 }),
        /** What `docker push` printed; the name alone never says which bytes run. */
        digest: Type.String({ pattern: '^sha256:[0-9a-f]{64}$' })
      },
      { additionalProperties: false }
    ),
    replicas: Type.Object(
      { min: Type.Integer({ minimum: 2 }), max: Type.Integer({ minimum: 2, maximum: 200 }) },
      { additionalProperties: false }
    ),
    /** Share of the requested CPU, in percent, from which more processes are started. */
    cpuTarget: Type.Integer({ minimum: 10, maximum: 95 }),
    /** Waiting jobs for each worker from which more workers are started. */
    jobsPerWorker: Type.Integer({ minimum: 1 }),
    /** Largest body of an upload at the front, in MiB. */
    uploadMegabytes: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    mailFrom: Type.String({ minLength: 3 }),
    s3: Type.Object(
      {
        endpoint: Type.String({ pattern: '^https://' }),
        region: Type.String({ minLength: 1 }),
        bucket: Type.String({ minLength: 3 })
      },
      { additionalProperties: false }
    ),
    /** The PostgreSQL of DATABASE_URL, and where pgBackRest puts its backups. */
    backups: Type.Object(
      {
        /** Its data directory. */
        data: Type.String({ pattern: '^/' }),
        /** For seven days, on another disk than the data. */
        folder: Type.String({ pattern: '^/' }),
        /** For thirty days, elsewhere: with the endpoint and region of `s3`. */
        bucket: Type.String({ minLength: 3 })
      },
      { additionalProperties: false }
    ),
    kubernetes: Type.Object(
      {
        gatewayClass: Type.String({ minLength: 1 }),
        /** Namespace of the pods that carry traffic from outside. */
        gatewayNamespace: Type.String({ minLength: 1 }),
        monitoringNamespace: Type.String({ minLength: 1 }),
        /** Where PostgreSQL, Redis and RabbitMQ are. */
        dataNetworks: Type.Array(Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+\\.\\d+/\\d+$' }), { minItems: 1 }),
        /** Shared by the pods that receive and finish uploads. */
        uploadsStorageClass: Type.String({ minLength: 1 }),
        uploadsSize: Type.String({ pattern: '^\\d+[GT]i$' })
      },
      { additionalProperties: false }
    ),
    /** IANA name. */
    timeZone: Type.String({ minLength: 3 }),
    /** Minutes before exams of any school's calendar from which there are at least `examReplicas` of each process. */
    leadMinutes: Type.Integer({ minimum: 0, maximum: 600 }),
    examReplicas: Type.Integer({ minimum: 2, maximum: 200 })
  },
  { additionalProperties: false }
)
export type Deployment = Static<typeof DeploymentSchema>

/** What is rendered into deploy/: complete, and harmless as it stands, since no image has this digest. */
export const defaultDeployment: Deployment = {
  name: 'lyceum',
  hosts: ['learn.example.org'],
  stagingHosts: ['staging.learn.example.org'],
  image: { repository: 'registry.example.org/lyceum', digest: `sha256:${'0'.repeat(64)}` },
  replicas: { min: 2, max: 10 },
  cpuTarget: 70,
  jobsPerWorker: 50,
  uploadMegabytes: 512,
  mailFrom: 'Lyceum <learn@example.org>',
  s3: { endpoint: 'https://s3.example.org', region: 'eu-central-1', bucket: 'lyceum-files' },
  backups: { data: '/var/lib/postgresql/15/main', folder: '/backup/pgbackrest', bucket: 'lyceum-backups' },
  kubernetes: {
    gatewayClass: 'eg',
    gatewayNamespace: 'envoy-gateway-system',
    monitoringNamespace: 'monitoring',
    dataNetworks: ['10.0.0.0/16'],
    uploadsStorageClass: 'shared',
    uploadsSize: '50Gi'
  },
  timeZone: 'Europe/Berlin',
  leadMinutes: 60,
  examReplicas: 8
}

const check = Compile(DeploymentSchema)

/**
 * @param text YAML or JSON; what it leaves out is as in `defaultDeployment`
 * @throws CommandFailed naming every fault
 */
export function readDeployment(text: string): Deployment {
  const given = parseYaml(text)
  const merged: unknown = merge(defaultDeployment, given)
  const faults = check
    .Errors(merged)
    .map(({ instancePath, message }) => `${instancePath.slice(1).replaceAll('/', '.') || 'the file'} ${message}`)
  if (check.Check(merged)) return checkNumbers(merged)
  throw refused(faults)
}

function parseYaml(text: string): unknown {
  try {
    return parse(text) ?? {}
  } catch (error) {
    if (error instanceof YAMLParseError) throw refused([error.message])
    throw error
  }
}

/** Objects are filled in field by field, lists are taken whole. */
function merge(fallback: unknown, given: unknown): unknown {
  if (given === undefined) return fallback
  if (!isRecord(fallback) || !isRecord(given)) return given
  const names = [...new Set([...Object.keys(fallback), ...Object.keys(given)])]
  return Object.fromEntries(names.map((name) => [name, merge(fallback[name], given[name])]))
}

function checkNumbers(deployment: Deployment): Deployment {
  const faults = [
    ...(deployment.examReplicas <= deployment.replicas.max ? [] : ['examReplicas is more than replicas.max']),
    ...(deployment.replicas.min <= deployment.replicas.max ? [] : ['replicas.min is larger than replicas.max']),
    ...(isTimeZone(deployment.timeZone) ? [] : [`timeZone: there is no “${deployment.timeZone}”`])
  ]
  if (faults.length > 0) throw refused(faults)
  return deployment
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const refused = (faults: readonly string[]) =>
  new CommandFailed(
    'render.deployment-refused',
    `The deployment file has faults; nothing was written:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`
  )

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
