import { COLOUR, COMPONENT } from '../../../render/kubernetes/labels.ts'
import { at, listAt, type Manifest, nameOf } from '../../../render/manifest.ts'

/** What is wrong with an image. */
export interface Fault {
  readonly neverReady?: boolean
  readonly errorRate?: number
  /** What its pods write. */
  readonly log?: string
}

export interface Cluster {
  get(path: string): Manifest | undefined
  put(path: string, object: Manifest): Manifest
  drop(path: string): void
  under(path: string): Manifest[]
  /** Everything that controllers do, one step of it. */
  step(): void
  metrics(pod: string): string
  log(pod: string): string
  /** By image. */
  readonly faults: Map<string, Fault>
  /** What the gateway says of a route that it does not take. */
  refusesRoutes: boolean
  /** What a job of ours prints. */
  answers: (args: readonly string[]) => string
  /** People pinned to each release. */
  readonly pins: Map<string, number>
}

const PODS = '/api/v1/namespaces/lyceum/pods'

/** Objects under their paths, and what controllers of a cluster make of them, step by step. */
export function createCluster(): Cluster {
  const objects = new Map<string, Manifest>()
  const faults = new Map<string, Fault>()
  const served = new Map<string, { requests: number; errors: number }>()
  const waited = new Map<string, number>()
  const pins = new Map<string, number>()
  let version = 1000
  let pods = 0

  const write = (path: string, object: Manifest): Manifest => {
    const next = { ...object, metadata: { ...Object(object.metadata), resourceVersion: String(++version) } }
    objects.set(path, next)
    return next
  }
  const under = (path: string) =>
    [...objects].filter(([key]) => key.startsWith(`${path}/`) && !key.slice(path.length + 1).includes('/'))
  const podsOf = (owner: string) =>
    under(PODS).filter(([, pod]) => at(pod, 'metadata', 'annotations', 'owner') === owner)
  const imageOf = (object: Manifest) => String(at(object, 'spec', 'containers', 0, 'image'))
  const isLeaving = (pod: Manifest) => at(pod, 'metadata', 'deletionTimestamp') !== undefined
  const isReady = (pod: Manifest) => at(pod, 'status', 'conditions', 0, 'status') === 'True' && !isLeaving(pod)

  const makePod = (owner: Manifest, ready: boolean) => {
    const name = `${nameOf(owner)}-${++pods}`
    const template = Object(at(owner, 'spec', 'template'))
    write(`${PODS}/${name}`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: at(template, 'metadata', 'labels'), annotations: { owner: nameOf(owner) } },
      spec: at(template, 'spec'),
      status: {
        podIP: '127.0.0.1',
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
        containerStatuses: [{ name: 'one', restartCount: 0 }]
      }
    })
  }

  /** At most one more than wanted, and never fewer that are ready: as `maxSurge: 1, maxUnavailable: 0` says. */
  const roll = (path: string, deployment: Manifest) => {
    const wanted = Number(at(deployment, 'spec', 'replicas') ?? 1)
    const image = String(at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image'))
    const own = podsOf(nameOf(deployment))
    for (const [key, pod] of own) if (isLeaving(pod)) objects.delete(key)
    const staying = own.filter(([, pod]) => !isLeaving(pod))
    const fresh = staying.filter(([, pod]) => imageOf(pod) === image)
    const old = staying.filter(([, pod]) => imageOf(pod) !== image)
    const waiting = fresh.find(([, pod]) => !isReady(pod))
    const leave = ([key, pod]: [string, Manifest]) =>
      write(key, { ...pod, metadata: { ...Object(pod.metadata), deletionTimestamp: '2026-03-01T02:00:00Z' } })
    const [firstOld] = old
    if (waiting && !faults.get(image)?.neverReady)
      write(waiting[0], {
        ...waiting[1],
        status: { ...Object(waiting[1].status), conditions: [{ type: 'Ready', status: 'True' }] }
      })
    else if (wanted === 0) staying.forEach(leave)
    else if (firstOld && fresh.filter(([, pod]) => isReady(pod)).length + old.length > wanted) leave(firstOld)
    else if (!waiting && fresh.length < wanted) makePod(deployment, false)
    else if (fresh.length > wanted && old.length === 0) fresh.slice(wanted).forEach(leave)
    const now = podsOf(nameOf(deployment)).map(([, pod]) => pod)
    const staysNow = now.filter((pod) => !isLeaving(pod))
    const patience = waiting && faults.get(image)?.neverReady ? (waited.get(path) ?? 0) + 1 : 0
    waited.set(path, patience)
    objects.set(path, {
      ...deployment,
      status: {
        observedGeneration: at(deployment, 'metadata', 'generation'),
        replicas: staysNow.length,
        updatedReplicas: staysNow.filter((pod) => imageOf(pod) === image).length,
        availableReplicas: staysNow.filter(isReady).length,
        conditions: [
          patience > 4
            ? {
                type: 'Progressing',
                status: 'False',
                reason: 'ProgressDeadlineExceeded',
                message: 'has timed out progressing.'
              }
            : { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: '' }
        ]
      }
    })
  }

  const finish = (path: string, job: Manifest) => {
    if (podsOf(nameOf(job)).length === 0) {
      const labels = { ...Object(at(job, 'spec', 'template', 'metadata', 'labels')), 'job-name': nameOf(job) }
      const template = { ...Object(at(job, 'spec', 'template')), metadata: { labels } }
      makePod({ ...job, spec: { template } }, false)
    } else objects.set(path, { ...job, status: { conditions: [{ type: 'Complete', status: 'True' }] } })
  }

  const hear = (path: string, route: Manifest) => {
    const observedGeneration = at(route, 'metadata', 'generation')
    if (at(route, 'status', 'parents', 0, 'conditions', 0, 'observedGeneration') === observedGeneration) return
    const fault = cluster.refusesRoutes && JSON.stringify(route).includes('RegularExpression')
    const said = fault
      ? { status: 'False', reason: 'UnsupportedValue', message: 'no expressions here.' }
      : { status: 'True', reason: 'Accepted', message: '' }
    write(path, {
      ...route,
      status: {
        parents: [
          {
            controllerName: 'gateway.example.org/controller',
            parentRef: { name: 'lyceum' },
            conditions: [{ type: 'Accepted', observedGeneration, lastTransitionTime: '2026-03-01T02:00:00Z', ...said }]
          }
        ]
      }
    })
  }

  const cluster: Cluster = {
    faults,
    pins,
    refusesRoutes: false,
    answers: () => '{"applied":[]}',
    get: (path) => objects.get(path),
    under: (path) => under(path).map(([, object]) => object),
    drop: (path) => {
      const name = path.split('/').at(-1) ?? ''
      for (const [key] of podsOf(name)) objects.delete(key)
      objects.delete(path)
    },
    put: (path, object) => {
      const before = objects.get(path)
      const isChanged = JSON.stringify(at(before, 'spec')) !== JSON.stringify(at(object, 'spec'))
      const generation = Number(at(before, 'metadata', 'generation') ?? 0) + (isChanged ? 1 : 0)
      return write(path, {
        ...object,
        metadata: { ...Object(object.metadata), generation },
        status: at(before, 'status')
      })
    },
    step: () => {
      for (const [path, object] of [...objects]) {
        if (path.includes('/deployments/')) roll(path, object)
        if (path.includes('/jobs/')) finish(path, object)
        if (path.includes('/httproutes/')) hear(path, object)
      }
    },
    log: (pod) => {
      const { log } = faults.get(imageOf(objects.get(`${PODS}/${pod}`) ?? {})) ?? {}
      if (log !== undefined) return log
      const args = listAt(objects.get(`${PODS}/${pod}`), 'spec', 'containers', 0, 'args').map(String)
      return `{"level":"info"} of the start\nnot an object\n${cluster.answers(args)}\n`
    },
    metrics: (pod) => {
      const object = objects.get(`${PODS}/${pod}`) ?? {}
      const before = served.get(pod) ?? { requests: 0, errors: 0 }
      const share = shareOf(objects, object)
      const requests = before.requests + Math.round(400 * share)
      const errors = before.errors + Math.round(400 * share * (faults.get(imageOf(object))?.errorRate ?? 0))
      served.set(pod, { requests, errors })
      return metricsText(requests, errors, pins)
    }
  }
  return cluster
}

/** The part of all requests that a pod of a gateway gets, by the weights of the route. */
function shareOf(objects: ReadonlyMap<string, Manifest>, pod: Manifest): number {
  const route = [...objects].find(([path]) => path.includes('/httproutes/'))?.[1]
  const colour = at(pod, 'metadata', 'labels', COLOUR)
  const weights = listAt(listAt(route, 'spec', 'rules').at(-1), 'backendRefs')
  const weight = Number(
    at(
      weights.find((ref) => at(ref, 'name') === `gateway-${String(colour)}`),
      'weight'
    ) ?? 0
  )
  const siblings = [...objects].filter(
    ([path, other]) =>
      path.startsWith(`${PODS}/`) &&
      at(other, 'metadata', 'labels', COLOUR) === colour &&
      at(other, 'metadata', 'labels', COMPONENT) === 'gateway'
  )
  return weight / 10_000 / Math.max(1, siblings.length)
}

const metricsText = (requests: number, errors: number, pins: ReadonlyMap<string, number>): string =>
  [
    'process_start_time_seconds 1772000000',
    'lyceum_http_hanging_requests 0',
    `lyceum_http_request_duration_seconds_count{route="/api/v1/courses",status="200"} ${requests - errors}`,
    `lyceum_http_request_duration_seconds_count{route="/api/v1/courses",status="500"} ${errors}`,
    `lyceum_http_request_duration_seconds_bucket{route="/api/v1/courses",le="0.1"} ${requests}`,
    `lyceum_http_request_duration_seconds_bucket{route="/api/v1/courses",le="+Inf"} ${requests}`,
    ...[...pins].flatMap(([release, count]) => [
      `lyceum_release_pins{pinned="${release}"} ${count}`,
      `lyceum_release_pins_until_seconds{pinned="${release}"} 1772003600`
    ])
  ].join('\n')
