import type { Release } from '../../../release/target.ts'
import { defaultDeployment } from '../../../render/deployment.ts'
import { COLOUR, PART } from '../../../render/kubernetes/labels.ts'
import { routeOf } from '../../../render/kubernetes/traffic.ts'
import { workload } from '../../../render/kubernetes/workload.ts'
import { at, kindOf, type Manifest, nameOf } from '../../../render/manifest.ts'
import { listServices } from '../../../render/service.ts'
import { kubernetesApi } from '../api.ts'
import type { KubernetesSettings } from '../kubernetes-settings.ts'
import { kubernetesTarget } from '../kubernetes-target.ts'
import { type ApiServer, startApiServer } from './api-server.ts'
import { startGateway } from './gateway.ts'

const NAMESPACED = '/namespaces/lyceum/'
const folders: Readonly<Record<string, string>> = {
  Deployment: `/apis/apps/v1${NAMESPACED}deployments`,
  HorizontalPodAutoscaler: `/apis/autoscaling/v2${NAMESPACED}horizontalpodautoscalers`
}
export const ROUTE = `/apis/gateway.networking.k8s.io/v1${NAMESPACED}httproutes/lyceum`
export const RELEASES = `/api/v1${NAMESPACED}configmaps/lyceum-releases`

const digit = (name: string): string => name.replace(/\D/g, '')
/** Its digest ends with the number of the release. */
export const imageOf = (name: string): string => `registry.example.org/lyceum@sha256:${digit(name).padStart(64, '0')}`
export const release = (name: string): Release => ({
  name,
  commit: digit(name).padStart(40, 'a'),
  schema: { min: 'platform/0001-ground', max: 'platform/0002-more' }
})

/** An API server with an installation as it is rendered, of which blue runs r1, and a front door that follows its route. */
export async function startInstallation({ services = ['gateway', 'course', 'worker'] } = {}) {
  const server = await startApiServer()
  const { cluster } = server
  const rendered = listServices([{ name: 'course', asks: [] }]).filter(({ name }) => services.includes(name))
  for (const colour of ['blue', 'green'])
    for (const object of rendered.flatMap((service) => workload(defaultDeployment, service))) {
      const manifest: Manifest = { ...object }
      const folder = folders[kindOf(manifest)]
      if (folder) cluster.put(`${folder}/${nameOf(manifest)}-${colour}`, coloured(manifest, colour))
    }
  cluster.put(ROUTE, { ...routeOf(defaultDeployment, defaultDeployment.hosts) })
  cluster.put(RELEASES, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'lyceum-releases', labels: { [PART]: 'lyceum' } },
    data: Object.fromEntries(
      ['r1', 'r2'].map((name) => [
        name,
        JSON.stringify({
          ...release(name),
          image: imageOf(name),
          added: `2026-0${digit(name)}-01T00:00:00Z`,
          tests: { passed: true, commit: release(name).commit, at: '2026-02-01T00:00:00Z' }
        })
      ])
    )
  })
  for (let step = 0; step < 20; step++) cluster.step()
  const releaseAt = (service: string): string | null => {
    const deployment = cluster.get(`${folders.Deployment}/${service}`)
    if (Number(at(deployment, 'status', 'availableReplicas') ?? 0) === 0) return null
    const digest = String(at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image'))
    return `r${digest.at(-1)}`
  }
  const gateway = await startGateway(() => cluster.get(ROUTE), releaseAt)
  const settings: KubernetesSettings = {
    name: 'lyceum',
    namespace: 'lyceum',
    door: { url: gateway.url, host: 'learn.example.org' },
    api: { server: server.url },
    address: `${gateway.url}/{colour}`,
    scrape: 'api',
    timeouts: { bootSeconds: 5, frontSeconds: 5, drainSeconds: 5 },
    hint: 'Does it know expressions?'
  }
  const api = kubernetesApi(settings.api, { patienceMs: 200, pauseMs: 1 })
  return {
    ...server,
    settings,
    api,
    target: kubernetesTarget(settings, api, { lookMs: 1 }),
    releaseAt,
    close: async () => {
      await gateway.close()
      await server.close()
    }
  }
}
export type Installation = Awaited<ReturnType<typeof startInstallation>>
export type { ApiServer }

/** What the kustomization of a colour makes of it. */
function coloured(manifest: Manifest, colour: string): Manifest {
  const metadata = Object(manifest.metadata)
  const named = {
    ...metadata,
    name: `${metadata.name}-${colour}`,
    namespace: 'lyceum',
    labels: { ...metadata.labels, [COLOUR]: colour }
  }
  if (kindOf(manifest) !== 'Deployment') return { ...manifest, metadata: named }
  const template = Object(at(manifest, 'spec', 'template'))
  const labels = { ...Object(at(template, 'metadata', 'labels')), [COLOUR]: colour }
  const spec = Object(template.spec)
  const image = imageOf(colour === 'blue' ? 'r1' : 'r0')
  return {
    ...manifest,
    metadata: named,
    spec: {
      ...Object(manifest.spec),
      replicas: colour === 'blue' ? 2 : 0,
      template: {
        metadata: { ...template.metadata, labels },
        spec: { ...spec, containers: [{ ...spec.containers[0], image }] }
      }
    }
  }
}
