import { setTimeout as sleep } from 'node:timers/promises'
import { releaseFolder } from '../../release/facts/folders.ts'
import type { Colour, Measurement, Observed, Release, Target } from '../../release/target.ts'
import { TargetRefused } from '../target-refused.ts'
import { followed } from './front-door.ts'
import { type Instance, instancesOf, type Places } from './host-settings.ts'
import { addressOf, isReady, metricsOf, releaseOf } from './instance-probe.ts'
import { mustHaveNoPins, type Pins, pinsIn } from './pins.ts'
import { type Answers, type Counted, p95Between } from './process-metrics.ts'
import { listReleases } from './release-folder.ts'
import type { Supervisor } from './supervisor/supervisor.ts'
import { limitOf, other, percentOf, type Traffic, type TrafficDriver } from './traffic/traffic.ts'

const LOOK_MS = 100

export interface HostTarget extends Target {
  pins(release: string): Promise<Pins>
  /** Puts the proxy's files in place, as `boot` does by itself; for a proxy that is not started before they are there. */
  prepare(): Promise<void>
}

/** One server: two colours of processes, or of containers, behind nginx or HAProxy. */
export function hostTarget(
  settings: Places,
  {
    supervisor,
    traffic: driver,
    kind = 'host',
    environment: shared = {},
    releases: listed = () => listReleases(settings.root)
  }: {
    readonly supervisor: Supervisor
    readonly traffic: TrafficDriver
    readonly kind?: Target['kind']
    /** What every process is told that no file says. */
    readonly environment?: Readonly<Record<string, string>>
    readonly releases?: () => Release[]
  }
): HostTarget {
  const { root, timeouts } = settings
  const colours = ['blue', 'green'] as const
  const readings = new Map<Colour, Map<string, Counted>>()

  const direct = async (traffic: Traffic): Promise<void> => {
    await driver.write(traffic)
    await followed(settings, traffic)
  }

  const start = async (instance: Instance, release: Release): Promise<void> => {
    const folder = releaseFolder(root, release.name)
    for (const { name, port, serve, environment } of instance.units)
      await supervisor.start({
        name,
        folder,
        serve,
        environment: {
          ...shared,
          ...environment,
          RELEASE: release.name,
          PORT: String(port),
          BIND_ADDRESS: '127.0.0.1',
          MIGRATE_ON_START: 'never',
          ASSETS_FOLDER: `${root}/assets`
        }
      })
    await becomeReady(instance, release, timeouts.bootSeconds)
  }

  /** First what people reach, which finishes what they asked for; the rest is needed until then. */
  const stop = async ({ units }: Instance): Promise<void> => {
    const [front, ...behind] = units.toReversed()
    if (front) await supervisor.stop(front.name)
    await Promise.all(behind.map(({ name }) => supervisor.stop(name)))
  }

  /** Replaces whatever runs in this place; nothing happens where the release runs there already. */
  const place = async (instance: Instance, release: Release): Promise<void> => {
    if ((await releaseOf(instance)) === release.name && (await isReady(instance))) return
    await stop(instance)
    await start(instance, release)
  }

  const known = (release: Release): Release => {
    const found = listed().find(({ name }) => name === release.name)
    if (found) return found
    throw new TargetRefused(
      'target.release-unknown',
      `There is no release ${release.name} in ${root}/releases. Add it with “lyceum releases add”.`
    )
  }

  const pins: HostTarget['pins'] = async (release) => {
    for (const colour of colours)
      for (const instance of instancesOf(settings, colour)) {
        const counted = await metricsOf(instance)
        if (counted) return pinsIn(counted, release)
      }
    return null
  }

  return {
    kind,
    pins,
    prepare: () => driver.prepare(),
    releases: async () => listed(),

    observe: async (): Promise<Observed> => {
      const traffic = await driver.read()
      const [blue, green] = await Promise.all(colours.map((colour) => look(settings, colour, traffic)))
      if (!blue || !green) throw new Error('two colours were looked at')
      return { stable: traffic.stable, percent: percentOf(traffic.limit), colours: { blue, green } }
    },

    boot: async (colour, given) => {
      const release = known(given)
      await driver.prepare()
      const traffic = await driver.read()
      const runs = traffic.releases[colour]
      if (colour === traffic.stable && runs !== null && runs !== release.name)
        throw new TargetRefused(
          'target.colour-serves',
          `${colour} serves ${runs}. Boot ${release.name} in ${other(colour)}, or replace one process after another with a rolling release.`
        )
      if (colour !== traffic.stable && traffic.limit > 0 && runs !== release.name)
        throw new TargetRefused(
          'target.colour-serves',
          `${colour} gets ${percentOf(traffic.limit)} % of the traffic. Shift to 0 first.`
        )
      // Whoever is pinned to what ran here before goes to what is stable while its processes are replaced.
      if (runs !== release.name && runs !== null)
        await driver.write({ ...traffic, releases: { ...traffic.releases, [colour]: null } })
      await Promise.all(instancesOf(settings, colour).map((instance) => place(instance, release)))
      await direct({ ...traffic, releases: { ...traffic.releases, [colour]: release.name } })
    },

    address: async (colour) => {
      for (const instance of instancesOf(settings, colour)) if (await isReady(instance)) return addressOf(instance)
      throw new TargetRefused('target.nobody-ready', `No process of ${colour} is ready. Boot a release there first.`)
    },

    shift: async (percent) => {
      if (!(percent >= 0 && percent <= 100))
        throw new TargetRefused('target.percent', `${percent} is no share from 0 to 100.`)
      const traffic = await driver.read()
      const candidate = other(traffic.stable)
      if (percent > 0) await mustBeReady(settings, candidate)
      await direct({ ...traffic, limit: limitOf(percent) })
    },

    promote: async () => {
      const traffic = await driver.read()
      const candidate = other(traffic.stable)
      await mustBeReady(settings, candidate)
      await direct({ ...traffic, stable: candidate, limit: 0 })
    },

    measure: async (colour): Promise<Measurement> => {
      const instances = instancesOf(settings, colour)
      const [counted, units] = await Promise.all([
        Promise.all(instances.map(metricsOf)),
        Promise.all(instances.flatMap(({ units: all }) => all.map(({ name }) => supervisor.status(name))))
      ])
      const before = readings.get(colour) ?? new Map<string, Counted>()
      const after = new Map(instances.flatMap(({ id }, at) => (counted[at] ? [[id, counted[at]] as const] : [])))
      readings.set(colour, after)
      const backwards = [...after].some(([id, { startedAt, requests }]) => {
        const last = before.get(id)
        return last !== undefined && (last.startedAt !== startedAt || last.requests > requests)
      })
      const sum = (of: (reading: Counted) => number) =>
        [...after.values()].reduce((all, reading) => all + of(reading), 0)
      return {
        requests: sum(({ requests }) => requests),
        errors: sum(({ errors }) => errors),
        p95Ms: p95Between(together([...before.values()]), together([...after.values()])),
        synthetic: {
          requests: sum(({ synthetic }) => synthetic.requests),
          errors: sum(({ synthetic }) => synthetic.errors),
          p95Ms: p95Between(together(syntheticOf(before)), together(syntheticOf(after)))
        },
        inFlightOver: sum(({ hanging }) => hanging),
        restarts: units.reduce((all, { restarts }) => all + restarts, 0),
        missing: after.size < instances.length || backwards
      }
    },

    log: async function* (colour) {
      for (const { units } of instancesOf(settings, colour)) for (const { name } of units) yield* supervisor.log(name)
    },

    roll: async (given, onInstance) => {
      const release = known(given)
      const traffic = { ...(await driver.read()), out: [] }
      const instances = instancesOf(settings, traffic.stable)
      if (instances.length < 2)
        throw new TargetRefused(
          'target.one-process',
          'Replacing processes one after another needs at least two of them: raise “instances” in target.json, or release blue-green.'
        )
      if (traffic.limit > 0)
        throw new TargetRefused('target.candidate-serves', 'A candidate gets traffic: promote it or shift to 0 first.')
      for (const instance of instances) {
        if ((await releaseOf(instance)) !== release.name || !(await isReady(instance))) {
          await driver.write({ ...traffic, out: [instance.id] })
          await place(instance, release)
          await driver.write(traffic)
        }
        await onInstance(instance.id)
      }
      await direct({ ...traffic, releases: { ...traffic.releases, [traffic.stable]: release.name } })
    },

    retire: async (colour, { evenPinned = false } = {}) => {
      const traffic = await driver.read()
      if (colour === traffic.stable)
        throw new TargetRefused('target.colour-serves', `${colour} is what serves. Promote the other colour first.`)
      if (traffic.limit > 0)
        throw new TargetRefused(
          'target.colour-serves',
          `${colour} gets ${percentOf(traffic.limit)} % of the traffic. Shift to 0 first.`
        )
      const release = traffic.releases[colour]
      if (!evenPinned && release !== null && release !== traffic.releases[traffic.stable])
        mustHaveNoPins(await pins(release), release)
      await direct({ ...traffic, releases: { ...traffic.releases, [colour]: null } })
      await Promise.all(instancesOf(settings, colour).map(stop))
    }
  }
}

async function look(settings: Places, colour: Colour, traffic: Traffic): Promise<Observed['colours'][Colour]> {
  const seen = await Promise.all(
    instancesOf(settings, colour).map(async (instance) => ({
      id: instance.id,
      ready: await isReady(instance),
      release: await releaseOf(instance)
    }))
  )
  const running = [...new Set(seen.flatMap(({ release }) => (release === null ? [] : [release])))]
  const [only] = running
  return {
    // While processes are replaced one after another there are two: then it is still the one that traffic was set to.
    release: running.length > 1 ? traffic.releases[colour] : (only ?? null),
    instances: seen.map(({ id, ready }) => ({ id, ready }))
  }
}

async function becomeReady(instance: Instance, release: Release, patienceSeconds: number): Promise<void> {
  const deadline = performance.now() + patienceSeconds * 1000
  for (;;) {
    if ((await isReady(instance)) && (await releaseOf(instance)) === release.name) return
    if (performance.now() > deadline)
      throw new TargetRefused(
        'target.not-ready',
        `${instance.id} was not ready with ${release.name} within ${patienceSeconds} seconds. Its log says why.`
      )
    await sleep(LOOK_MS)
  }
}

async function mustBeReady(settings: Places, colour: Colour): Promise<void> {
  const instances = instancesOf(settings, colour)
  const ready = await Promise.all(instances.map(isReady))
  const missing = instances.filter((_, at) => !ready[at]).map(({ id }) => id)
  if (missing.length > 0)
    throw new TargetRefused(
      'target.nobody-ready',
      `${missing.join(', ')} not ready: nobody is sent to ${colour}. Boot a release there first.`
    )
}

const syntheticOf = (readings: ReadonlyMap<string, Counted>): Answers[] =>
  [...readings.values()].map(({ synthetic }) => synthetic)

function together(readings: readonly Answers[]): ReadonlyMap<number, number> {
  const sum = new Map<number, number>()
  for (const { within } of readings) for (const [bound, count] of within) sum.set(bound, (sum.get(bound) ?? 0) + count)
  return sum
}
