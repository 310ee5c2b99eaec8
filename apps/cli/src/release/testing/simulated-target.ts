import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import {
  type Colour,
  type Measurement,
  type Observed,
  otherThan,
  type Release,
  StillNeeded,
  type Target
} from '../target.ts'

/** What a simulated installation is; in a file, so that it outlives the process that changes it. */
export interface World {
  stable: Colour
  percent: number
  colours: Record<Colour, { release: string | null; instances: { id: string; release: string; ready: boolean }[] }>
  counters: Record<Colour, Measurement>
  releases: Release[]
  /** Every change of traffic and every stop, for looking at afterwards. */
  history: string[]
  /** Releases that are bad, and in which way. */
  faults: Record<string, WorldFault>
  requestsPerLook: number
  /** A release that people are kept on. */
  kept?: string
  /** Where validation finds a real product; nowhere unless given. */
  address?: string
}

interface WorldFault {
  readonly errorRate?: number
  readonly p95Ms?: number
  readonly unready?: boolean
  readonly hangs?: boolean
  /** Nothing of it answers, whenever it is started again. */
  readonly falls?: boolean
}

export const release = (name: string): Release => ({
  name,
  commit: `c-${name}`,
  schema: { min: 'platform/0001-ground', max: 'platform/0001-ground' }
})

const none = (): Measurement => ({
  requests: 0,
  errors: 0,
  p95Ms: null,
  inFlightOver: 0,
  restarts: 0,
  missing: false,
  synthetic: { requests: 0, errors: 0, p95Ms: null }
})

export const newWorld = (given: Partial<World> = {}): World => ({
  stable: 'blue',
  percent: 0,
  colours: {
    blue: { release: 'r1', instances: instancesOf('blue', 'r1', true) },
    green: { release: null, instances: [] }
  },
  counters: { blue: none(), green: none() },
  releases: [release('r1'), release('r2')],
  history: [],
  faults: {},
  requestsPerLook: 4_000,
  ...given
})

function instancesOf(colour: Colour, name: string, ready: boolean) {
  return ['1', '2'].map((number) => ({ id: `${colour}-${number}`, release: name, ready }))
}

/** Where the world is kept between two questions. */
export interface Keeping {
  read(): World
  write(world: World): void
}

export const inFile = (file: string): Keeping => ({
  read: () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : newWorld()),
  write: (world) => {
    writeFileSync(`${file}.new`, JSON.stringify(world))
    renameSync(`${file}.new`, file)
  }
})

export function inMemory(world: World): Keeping {
  return { read: () => world, write: () => undefined }
}

/** An installation that is nothing but its state, and refuses what a real one must never be asked. */
export function simulatedTarget({ read, write }: Keeping): Target {
  const change = (work: (world: World) => void) => {
    const world = read()
    work(world)
    write(world)
  }
  const boot = (world: World, colour: Colour, { name }: Release) => {
    const { unready = false } = world.faults[name] ?? {}
    world.colours[colour] = { release: name, instances: instancesOf(colour, name, !unready) }
    world.counters[colour] = none()
  }
  return {
    kind: 'host',
    observe: async (): Promise<Observed> => {
      const { stable, percent, colours, faults } = read()
      const seen = ({ release: name, instances }: World['colours'][Colour]): Observed['colours'][Colour] =>
        name !== null && faults[name]?.falls
          ? { release: null, instances: instances.map(({ id }) => ({ id, ready: false })) }
          : { release: name, instances }
      return { stable, percent, colours: { blue: seen(colours.blue), green: seen(colours.green) } }
    },
    releases: async () => read().releases,
    boot: async (colour, one) =>
      change((world) => {
        if (colour === world.stable && world.colours[colour].release !== null) throw new Error('boots over what serves')
        if (world.colours[colour].release !== one.name) boot(world, colour, one)
      }),
    address: async (colour) => read().address ?? `http://${colour}.invalid`,
    shift: async (percent) =>
      change((world) => {
        if (percent > 0 && world.colours[otherThan(world.stable)].release === null)
          throw new Error('nothing runs there')
        world.percent = percent
        world.history.push(`${otherThan(world.stable)} ${percent}`)
      }),
    promote: async () =>
      change((world) => {
        if (world.percent !== 100 && world.colours[world.stable].release !== null)
          throw new Error('promotes what does not serve everybody')
        world.stable = otherThan(world.stable)
        world.percent = 0
        world.history.push(`${world.stable} stable`)
      }),
    measure: async (colour) => {
      change((world) => {
        for (const one of ['blue', 'green'] as const) {
          const { release: name } = world.colours[one]
          const share = one === world.stable ? 100 - world.percent : world.percent
          const fault = name === null ? undefined : world.faults[name]
          const requests = name === null ? 0 : Math.round((world.requestsPerLook * share) / 200)
          const before = world.counters[one]
          world.counters[one] = {
            ...before,
            requests: before.requests + requests,
            errors: before.errors + Math.round(requests * (fault?.errorRate ?? 0)),
            p95Ms: fault?.p95Ms ?? 80,
            inFlightOver: fault?.hangs && requests > 0 ? 20 : 0
          }
        }
      })
      return read().counters[colour]
    },
    roll: async (one, onInstance) => {
      for (const { id, release: name } of read().colours[read().stable].instances) {
        if (name === one.name) continue
        change((world) => {
          const { unready = false } = world.faults[one.name] ?? {}
          const place = world.colours[world.stable]
          place.instances = place.instances.map((instance) =>
            instance.id === id ? { id, release: one.name, ready: !unready } : instance
          )
          if (place.instances.every((instance) => instance.release === one.name)) place.release = one.name
          world.history.push(`${id} ${one.name}`)
        })
        await onInstance(id)
      }
    },
    retire: async (colour, { evenPinned = false } = {}) =>
      change((world) => {
        if (!evenPinned && world.kept !== undefined && world.colours[colour].release === world.kept)
          throw new StillNeeded('target.pins-open', 'people are kept on it')
        if (colour === world.stable) throw new Error('retires what serves')
        if (world.percent > 0) throw new Error('retires what is being sent requests')
        if (world.colours[colour].release !== null) world.history.push(`${colour} stopped`)
        world.colours[colour] = { release: null, instances: [] }
      })
  }
}
