import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { defaultDeployment } from '../../../apps/cli/src/render/deployment.ts'
import { workload } from '../../../apps/cli/src/render/kubernetes/workload.ts'
import { at, kindOf, listAt, type Manifest } from '../../../apps/cli/src/render/manifest.ts'
import { readModuleGraph } from '../../../apps/cli/src/render/module-graph.ts'
import { listServices } from '../../../apps/cli/src/render/service.ts'
import { REPOSITORY } from '../rig-release.ts'

/** What podman 4.3 does not know of a pod, and what a cluster does beside it: said here, and left out. */
const OF_THE_CLUSTER = [
  'serviceAccountName',
  'topologySpreadConstraints',
  'enableServiceLinks',
  'automountServiceAccountToken'
]

/**
 * The Pod template of every Deployment as a Pod of its own. Their Secret is the folder of secrets, their settings are those of
 * the ConfigMaps, but for the storage, which is a disk here, and the probes, which podman would do by curl.
 */
export function podTemplates(
  folder: string,
  {
    image,
    colour,
    hosts
  }: {
    readonly image: string
    readonly colour: 'blue' | 'green'
    /** `name:address` of everything that a pod may ask. */
    readonly hosts: readonly string[]
  }
): { readonly name: string; readonly port: number; readonly text: string }[] {
  const services = listServices(readModuleGraph())
  const overlay = join(REPOSITORY, 'deploy/kubernetes/overlays/production')
  const settings: Readonly<Record<string, string>> = {
    ...Object(at(parse(readFileSync(join(overlay, 'ground/config.yaml'), 'utf8')), 'data')),
    ...Object(at(parse(readFileSync(join(overlay, colour, 'colour.yaml'), 'utf8')), 'data')),
    STORAGE: 'disk'
  }
  const told = Object.entries(settings).filter(([name]) => !name.startsWith('S3_'))
  return services.map((service) => {
    const name = `${service.name}-${colour}`
    const deployment = workload(defaultDeployment, service)
      .map((object): Manifest => ({ ...object }))
      .find((object) => kindOf(object) === 'Deployment')
    const template = at(deployment, 'spec', 'template')
    const spec = Object.entries(Object(at(template, 'spec'))).filter(([key]) => !OF_THE_CLUSTER.includes(key))
    const [container] = listAt(template, 'spec', 'containers')
    const {
      startupProbe: _,
      readinessProbe: __,
      livenessProbe: ___,
      lifecycle: ____,
      envFrom: _____,
      ...rest
    } = Object(container)
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: at(template, 'metadata', 'labels') },
      spec: {
        ...Object.fromEntries(spec),
        hostAliases: hosts.map((host) => ({ hostnames: [host.split(':')[0]], ip: host.split(':')[1] })),
        containers: [
          {
            ...rest,
            image,
            imagePullPolicy: 'Never',
            env: [...told.map(([key, value]) => ({ name: key, value })), ...listAt(container, 'env')]
          }
        ],
        volumes: listAt(template, 'spec', 'volumes').map((volume) =>
          at(volume, 'secret') === undefined
            ? volume
            : { name: at(volume, 'name'), hostPath: { path: join(folder, 'secrets'), type: 'Directory' } }
        )
      }
    }
    return { name, port: service.port, text: stringify(pod) }
  })
}
