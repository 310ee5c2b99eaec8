import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Door, Timeouts, targetFile } from '../target-file.ts'
import type { ApiAddress } from './api.ts'

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** `<root>/target.json` for Kubernetes: everything the release tool must know about one installation there. */
const KubernetesFile = Type.Object(
  {
    /** `name` of the deployment file: of the route, the account and the label `app.kubernetes.io/part-of`. */
    name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }),
    namespace: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
    door: Door,
    /** Of the API; where none is given, that of the cluster in which the tool runs. `kubectl proxy` makes one elsewhere. */
    server: Type.Optional(Type.String({ pattern: '^https?://[^/\\s]+$' })),
    /** Of a colour's gateway, with `{colour}`; where none is given, the Service by its name in the cluster. */
    address: Type.Optional(Type.String({ pattern: '^https?://[^\\s]+$' })),
    timeouts: Type.Optional(Timeouts)
  },
  { additionalProperties: false }
)
type KubernetesFile = Static<typeof KubernetesFile>

export interface KubernetesSettings extends Pick<KubernetesFile, 'name' | 'namespace' | 'door'> {
  readonly api: ApiAddress
  readonly address: string
  /** Outside of the cluster, pods are reached through the API only. */
  readonly scrape: 'pods' | 'api'
  readonly timeouts: { readonly bootSeconds: number; readonly frontSeconds: number; readonly drainSeconds: number }
  readonly hint: string
}

/**
 * @param account folder of the token that a cluster gives a pod
 * @throws TargetRefused `target.settings`
 */
export function readKubernetesSettings(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
  account = ACCOUNT
): KubernetesSettings {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env
  const inCluster = host !== undefined && existsSync(join(account, 'token'))
  const given = targetFile(KubernetesFile, (file) =>
    file.server === undefined && !inCluster
      ? ['/server is needed outside of the cluster: start “kubectl proxy” and give http://127.0.0.1:8001']
      : []
  )(root)
  const { server, namespace } = given
  return {
    ...given,
    api:
      server === undefined
        ? { server: `https://${host}:${port}`, tokenFile: join(account, 'token'), ca: join(account, 'ca.crt') }
        : { server },
    scrape: server === undefined ? 'pods' : 'api',
    address: given.address ?? `http://gateway-{colour}.${namespace}.svc:3000`,
    timeouts: {
      bootSeconds: given.timeouts?.bootSeconds ?? 300,
      frontSeconds: given.timeouts?.frontSeconds ?? 60,
      drainSeconds: given.timeouts?.drainSeconds ?? 300
    },
    hint: 'Does the Gateway’s implementation know regular expressions of headers (kubectl describe httproute)?'
  }
}
