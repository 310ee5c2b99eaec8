import { setTimeout as sleep } from 'node:timers/promises'
import type { Colour, Measurement, Observed, Release, Target } from '../../release/target.ts'
import { COLOUR, COMPONENT, PART } from '../../render/kubernetes/labels.ts'
import { rulesOf, trafficOf } from '../../render/kubernetes/traffic.ts'
import { at, listAt, type Manifest, nameOf } from '../../render/manifest.ts'
import { followed } from '../host/front-door.ts'
import { mustHaveNoPins, type Pins, pinsIn } from '../host/pins.ts'
import { readMetrics } from '../host/process-metrics.ts'
import { limitOf, other, percentOf, type Traffic } from '../host/traffic/traffic.ts'
import type { ImageRelease } from '../image-release.ts'
import { TargetRefused } from '../target-refused.ts'
import { change, type KubernetesApi } from './api.ts'
import { askRelease } from './ask-release.ts'
import type { KubernetesSettings } from './kubernetes-settings.ts'
import { podCounters } from './pod-counters.ts'
import { releaseMap, unknownRelease } from './release-map.ts'
import { imageOf, isReadyPod, isRolledOut, restartsOf, wantedOf } from './rollout.ts'

const LOOK_MS = 1_000
const PATIENCE_MS = 2_000
/** Of the log of one pod; more would have to be kept in memory. */
const MOST_LINES = 20_000
const RELEASE = 'lyceum.org/release'
const COLOURS = ['blue', 'green'] as const

export interface KubernetesTarget extends Target {
  pins(release: string): Promise<Pins>
}

/** A cluster: every process of a colour is a Deployment, and an HTTPRoute says who is sent to which colour. */
export function kubernetesTarget(
  settings: KubernetesSettings,
  api: KubernetesApi,
  { lookMs = LOOK_MS, now = () => new Date() } = {}
): KubernetesTarget {
  const { name, namespace, timeouts } = settings
  const deploymentsPath = `/apis/apps/v1/namespaces/${namespace}/deployments`
  const podsPath = `/api/v1/namespaces/${namespace}/pods`
  const routePath = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes/${name}`
  const map = releaseMap(api, settings)
  const counters = { blue: podCounters(), green: podCounters() }

  const of = (colour: Colour) => ({ [PART]: name, [COLOUR]: colour })
  const deployments = (colour: Colour) => api.list(deploymentsPath, of(colour))
  const gateways = (colour: Colour) => api.list(podsPath, { ...of(colour), [COMPONENT]: 'gateway' })
  const refuse = (code: string, message: string) => new TargetRefused(code, message)

  const imageFor = async (release: Release): Promise<ImageRelease> => {
    const found = (await map.list()).find((one) => one.name === release.name)
    if (found) return found
    throw unknownRelease(release.name)
  }

  const read = async (): Promise<Traffic> => {
    const route = await api.find(routePath)
    const traffic = trafficOf(route)
    if (traffic) return traffic
    throw refuse(
      'target.traffic-unreadable',
      `The HTTPRoute ${name} ${route ? 'was not written by this tool' : 'is not there'}. Apply overlays/<environment>/traffic.`
    )
  }

  /** Writes who is sent where, and returns when the Gateway has taken it and the front door shows it. */
  const direct = async (traffic: Traffic): Promise<void> => {
    let before: unknown
    await change(api, routePath, (route) => {
      before = at(route, 'spec', 'rules')
      return { ...route, spec: { ...Object(at(route, 'spec')), rules: rulesOf(traffic) } }
    })
    const fault = await accepted()
    if (fault !== undefined) {
      await change(api, routePath, (route) => ({ ...route, spec: { ...Object(at(route, 'spec')), rules: before } }))
      throw refuse(
        'target.route-refused',
        `The Gateway does not take the route; it was put back. ${fault} It needs regular expressions of headers.`
      )
    }
    await followed(settings, traffic)
  }

  /** @returns what the Gateway has against the route as it is now */
  const accepted = async (): Promise<string | undefined> => {
    const deadline = performance.now() + timeouts.frontSeconds * 1000
    for (;;) {
      const route = await api.find(routePath)
      const generation = Number(at(route, 'metadata', 'generation'))
      const heard = listAt(route, 'status', 'parents')
        .flatMap((parent) => listAt(parent, 'conditions'))
        .filter((condition) => Number(at(condition, 'observedGeneration')) >= generation)
      const fault = heard.find(
        (condition) =>
          ['Accepted', 'ResolvedRefs'].includes(String(at(condition, 'type'))) && at(condition, 'status') === 'False'
      )
      if (fault !== undefined) return `${String(at(fault, 'reason'))}: ${String(at(fault, 'message'))}`
      if (heard.some((condition) => at(condition, 'type') === 'Accepted')) return undefined
      if (performance.now() > deadline)
        throw refuse(
          'target.route-unheard',
          `No Gateway has looked at the route for ${timeouts.frontSeconds} seconds. Does its controller run?`
        )
      await sleep(lookMs)
    }
  }

  /** Waits for everything of these Deployments, told of every pod that newly runs the image. */
  const rolledOut = async (
    colour: Colour,
    names: ReadonlySet<string>,
    image: string,
    onPod: (id: string) => Promise<void> = async () => undefined
  ): Promise<void> => {
    const deadline = performance.now() + timeouts.bootSeconds * 1000
    const told = new Set<string>()
    for (;;) {
      const all = (await deployments(colour)).filter((one) => names.has(nameOf(one)))
      const waiting = all.filter((one) => !isRolledOut(one)).map(nameOf)
      for (const pod of await api.list(podsPath, of(colour))) {
        const id = nameOf(pod)
        const belongs = [...names].some((one) => id.startsWith(`${one}-`))
        if (!belongs || told.has(id) || !isReadyPod(pod)) continue
        if (at(pod, 'spec', 'containers', 0, 'image') !== image) continue
        told.add(id)
        await onPod(id)
      }
      if (waiting.length === 0) return
      if (performance.now() > deadline)
        throw refuse(
          'target.not-ready',
          `${waiting.join(', ')} not ready within ${timeouts.bootSeconds} seconds. kubectl describe deployment/${waiting[0]} says why.`
        )
      await sleep(lookMs)
    }
  }

  const setImage = (deployment: Manifest, release: ImageRelease, replicas?: number): Promise<void> => {
    const container = String(at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'name'))
    const containers = [{ name: container, image: release.image }]
    return api.patch(
      `${deploymentsPath}/${nameOf(deployment)}`,
      {
        metadata: { annotations: { [RELEASE]: release.name } },
        spec: { ...(replicas === undefined ? {} : { replicas }), template: { spec: { containers } } }
      },
      'strategic-merge'
    )
  }

  const mustBeReady = async (colour: Colour): Promise<void> => {
    const all = await deployments(colour)
    const missing = all.filter((one) => wantedOf(one) === 0 || !isRolledOut(one)).map(nameOf)
    if (all.length === 0 || missing.length > 0)
      throw refuse(
        'target.nobody-ready',
        `${missing.join(', ') || `Everything of ${colour}`} not ready: nobody is sent to ${colour}. Boot a release there first.`
      )
  }

  /** As many of each as its sibling that serves has now, and never fewer than its autoscaler keeps. */
  const replicasFor = async (colour: Colour): Promise<(component: string) => number> => {
    const [siblings, autoscalers] = await Promise.all([
      deployments(other(colour)),
      api.list(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`, of(colour))
    ])
    const numbers = (all: readonly Manifest[], number: (one: Manifest) => unknown) =>
      new Map(all.map((one) => [componentOf(one), Number(number(one) ?? 1)]))
    const running = numbers(siblings, (one) => at(one, 'spec', 'replicas'))
    const least = numbers(autoscalers, (one) => at(one, 'spec', 'minReplicas'))
    return (component) => Math.max(1, running.get(component) ?? 1, least.get(component) ?? 1)
  }

  const releaseOf = async (colour: Colour, traffic: Traffic): Promise<string | null> => {
    const running = (await deployments(colour)).filter((one) => wantedOf(one) > 0)
    const images = [...new Set(running.map(imageOf))]
    const [only] = images
    if (only === undefined) return null
    // While pods are replaced there are two: then it is still the one that traffic was set to.
    if (images.length > 1 && traffic.releases[colour] !== null) return traffic.releases[colour]
    return (await map.list()).find(({ image }) => image === only)?.name ?? only.replace(/^.*@sha256:(.{12}).*$/, '$1')
  }

  const metricsOf = async (pod: Manifest) => {
    const port = listAt(pod, 'spec', 'containers').flatMap((one) => listAt(one, 'ports'))[0]
    try {
      const number = String(at(port, 'containerPort'))
      if (settings.scrape === 'api')
        return readMetrics(await api.read(`${podsPath}/${nameOf(pod)}:${number}/proxy/metrics`))
      const answer = await fetch(`http://${String(at(pod, 'status', 'podIP'))}:${number}/metrics`, {
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(PATIENCE_MS)
      })
      return answer.ok ? readMetrics(await answer.text()) : undefined
    } catch {
      return undefined
    }
  }

  const pins: KubernetesTarget['pins'] = async (release) => {
    for (const colour of COLOURS)
      for (const pod of await gateways(colour)) {
        const counted = isReadyPod(pod) ? await metricsOf(pod) : undefined
        if (counted) return pinsIn(counted, release)
      }
    return null
  }

  /** Stops these, and returns when the last of their pods has finished and gone. */
  const stop = async (colour: Colour, chosen: readonly Manifest[]): Promise<void> => {
    for (const deployment of chosen)
      if (wantedOf(deployment) > 0)
        await api.patch(`${deploymentsPath}/${nameOf(deployment)}`, { spec: { replicas: 0 } })
    const components = new Set(chosen.map(componentOf))
    const deadline = performance.now() + timeouts.drainSeconds * 1000
    for (;;) {
      const left = (await api.list(podsPath, of(colour))).filter((pod) => components.has(componentOf(pod))).map(nameOf)
      if (left.length === 0) return
      if (performance.now() > deadline)
        throw refuse(
          'target.not-gone',
          `${left.join(', ')} did not finish within ${timeouts.drainSeconds} seconds. It gets no new requests; look at it, then: lyceum resume`
        )
      await sleep(lookMs)
    }
  }

  return {
    kind: 'kubernetes',
    pins,
    releases: async () => (await map.list()).map(({ image: _, ...release }) => release),
    shelf: {
      ask: async (release, args) => {
        const found = (await map.list()).find((one) => one.name === release)
        if (!found) throw unknownRelease(release)
        return askRelease(api, settings, found, args, { lookMs })
      },
      describe: (release) => map.describe(release),
      add: (source) => map.add(source, now()),
      remove: (release) => map.remove(release)
    },

    observe: async (): Promise<Observed> => {
      const traffic = await read()
      const look = async (colour: Colour): Promise<Observed['colours'][Colour]> => ({
        release: await releaseOf(colour, traffic),
        instances: (await api.list(podsPath, of(colour)))
          .filter((pod) => at(pod, 'metadata', 'deletionTimestamp') === undefined)
          .map((pod) => ({ id: nameOf(pod), ready: isReadyPod(pod) }))
      })
      return {
        stable: traffic.stable,
        percent: percentOf(traffic.limit),
        colours: { blue: await look('blue'), green: await look('green') }
      }
    },

    boot: async (colour, given) => {
      const release = await imageFor(given)
      const traffic = await read()
      const runs = await releaseOf(colour, traffic)
      if (runs !== null && runs !== release.name && (colour === traffic.stable || traffic.limit > 0))
        throw refuse(
          'target.colour-serves',
          `${colour} serves ${runs}. Boot ${release.name} in ${other(colour)}, or replace one pod after another with a rolling release.`
        )
      const all = await deployments(colour)
      if (all.length === 0)
        throw refuse('target.colour-missing', `Nothing of ${colour} is there. Apply overlays/<environment>/${colour}.`)
      // Whoever is pinned to what ran here before goes to what is stable while its pods are replaced.
      if (traffic.releases[colour] !== null && traffic.releases[colour] !== release.name)
        await direct({ ...traffic, releases: { ...traffic.releases, [colour]: null } })
      const replicas = await replicasFor(colour)
      for (const deployment of all)
        if (imageOf(deployment) !== release.image || wantedOf(deployment) === 0)
          await setImage(deployment, release, Math.max(wantedOf(deployment), replicas(componentOf(deployment))))
      await rolledOut(colour, new Set(all.map(nameOf)), release.image)
      const serving = await releaseOf(other(colour), traffic)
      await direct({
        ...traffic,
        releases: { ...traffic.releases, [other(colour)]: serving, [colour]: release.name }
      })
    },

    address: async (colour) => {
      if ((await gateways(colour)).some(isReadyPod)) return settings.address.replaceAll('{colour}', colour)
      throw refuse('target.nobody-ready', `No gateway of ${colour} is ready. Boot a release there first.`)
    },

    shift: async (percent) => {
      if (!(percent >= 0 && percent <= 100)) throw refuse('target.percent', `${percent} is no share from 0 to 100.`)
      const traffic = await read()
      if (percent > 0) await mustBeReady(other(traffic.stable))
      await direct({ ...traffic, limit: limitOf(percent) })
    },

    promote: async () => {
      const traffic = await read()
      const candidate = other(traffic.stable)
      await mustBeReady(candidate)
      await direct({ ...traffic, stable: candidate, limit: 0 })
    },

    measure: async (colour): Promise<Measurement> => {
      const [pods, all] = await Promise.all([gateways(colour), api.list(podsPath, of(colour))])
      const serving = pods.filter((pod) => at(pod, 'metadata', 'deletionTimestamp') === undefined)
      const counted = await Promise.all(
        serving.map(async (pod) => ({ id: nameOf(pod), counted: await metricsOf(pod) }))
      )
      return counters[colour].read(
        counted,
        all.map((pod) => ({ id: nameOf(pod), restarts: restartsOf(pod) }))
      )
    },

    log: async function* (colour) {
      for (const pod of await api.list(podsPath, of(colour))) {
        const path = `${podsPath}/${nameOf(pod)}/log?tailLines=${MOST_LINES}`
        // What a container wrote before it was started again says why it was.
        if (restartsOf(pod) > 0) yield* linesOf(await api.read(`${path}&previous=true`).catch(() => ''))
        yield* linesOf(await api.read(path))
      }
    },

    roll: async (given, onInstance) => {
      const release = await imageFor(given)
      const traffic = await read()
      if (traffic.limit > 0)
        throw refuse('target.candidate-serves', 'A candidate gets traffic: promote it or shift to 0 first.')
      const { stable } = traffic
      // The gateway last: it asks the others, and they know what is asked of them by the release before.
      const all = (await deployments(stable)).sort(
        (one, two) => Number(componentOf(one) === 'gateway') - Number(componentOf(two) === 'gateway')
      )
      for (const deployment of all) {
        if (imageOf(deployment) !== release.image) await setImage(deployment, release)
        await rolledOut(stable, new Set([nameOf(deployment)]), release.image, onInstance)
      }
      await direct({ ...traffic, releases: { ...traffic.releases, [stable]: release.name } })
    },

    scale: async (least) => {
      const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`
      const changed: string[] = []
      for (const autoscaler of await api.list(path, { [PART]: name })) {
        const minReplicas = Math.min(least, Number(at(autoscaler, 'spec', 'maxReplicas')))
        if (Number(at(autoscaler, 'spec', 'minReplicas')) === minReplicas) continue
        await api.patch(`${path}/${nameOf(autoscaler)}`, { spec: { minReplicas } })
        changed.push(nameOf(autoscaler))
      }
      return changed
    },

    retire: async (colour, { evenPinned = false } = {}) => {
      const traffic = await read()
      if (colour === traffic.stable)
        throw refuse('target.colour-serves', `${colour} is what serves. Promote the other colour first.`)
      if (traffic.limit > 0)
        throw refuse(
          'target.colour-serves',
          `${colour} gets ${percentOf(traffic.limit)} % of the traffic. Shift to 0 first.`
        )
      const release = traffic.releases[colour]
      if (!evenPinned && release !== null && release !== traffic.releases[traffic.stable])
        mustHaveNoPins(await pins(release), release)
      if (release !== null) await direct({ ...traffic, releases: { ...traffic.releases, [colour]: null } })
      const all = await deployments(colour)
      // What it is answering still asks the others: they go when nobody is at the door any more.
      const atDoor = all.filter((one) => componentOf(one) === 'gateway')
      await stop(colour, atDoor)
      await stop(
        colour,
        all.filter((one) => !atDoor.includes(one))
      )
    }
  }
}

const linesOf = (text: string): string[] => text.split('\n')

const componentOf = (object: Manifest): string => String(at(object, 'metadata', 'labels', COMPONENT))
