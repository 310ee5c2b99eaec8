import { resolve } from 'node:path'
import { PROCESSES, type ProcessName, SERVICES } from '@lyceum/server/processes'
import Type, { type Static } from 'typebox'
import type { Colour } from '../../release/target.ts'
import { AbsolutePath, CommandLine, Door, Timeouts, targetFile } from '../target-file.ts'

const Port = Type.Integer({ minimum: 1, maximum: 65_535 })

/** `<root>/target.json`: everything the release tool must know about one server. */
const HostFile = Type.Object(
  {
    proxy: Type.Union([Type.Literal('nginx'), Type.Literal('haproxy')]),
    /** Of each colour; rolling needs at least two. */
    instances: Type.Integer({ minimum: 1, maximum: 32 }),
    /** Of the first instance of each colour; the others follow upwards. */
    ports: Type.Object({ blue: Port, green: Port }, { additionalProperties: false }),
    door: Door,
    supervisor: Type.Union([Type.Literal('systemd'), Type.Literal('own')]),
    /** Settings of every process, as in `/etc/lyceum/lyceum.env`. */
    environment: AbsolutePath,
    /** `one`: an instance is one process. `services`: a gateway, its services, a worker and a scheduler. */
    shape: Type.Optional(Type.Union([Type.Literal('one'), Type.Literal('services')])),
    nginx: Type.Optional(
      Type.Object({ config: AbsolutePath, test: CommandLine, reload: CommandLine }, { additionalProperties: false })
    ),
    haproxy: Type.Optional(
      Type.Object(
        { socket: AbsolutePath, config: AbsolutePath, test: CommandLine, reload: CommandLine },
        { additionalProperties: false }
      )
    ),
    timeouts: Type.Optional(Timeouts)
  },
  { additionalProperties: false }
)
type HostFile = Static<typeof HostFile>

type Shape = 'one' | 'services'

/** Two colours of processes behind a proxy, however they are started. */
export interface Places extends Pick<HostFile, 'proxy' | 'instances' | 'ports' | 'door' | 'nginx' | 'haproxy'> {
  readonly root: string
  readonly shape: Shape
  /** Of processes that do not listen on this machine's own address. */
  readonly hosts?: Readonly<Record<Colour, string>>
  readonly timeouts: { readonly bootSeconds: number; readonly frontSeconds: number; readonly drainSeconds: number }
}

export type HostSettings = Places & Pick<HostFile, 'supervisor' | 'environment'>

/** What the front sends people to: a whole Lyceum of one release. */
export interface Instance {
  /** `<colour>-<number>` */
  readonly id: string
  readonly colour: Colour
  readonly host: string
  /** Where the front reaches it. */
  readonly port: number
  /** In the order they are started in; the last one is what the front reaches. */
  readonly units: readonly InstanceUnit[]
}

/** One process of an instance. */
export interface InstanceUnit {
  /** `<colour>-<number>`, or `<colour>-<number>-<process>` */
  readonly name: string
  readonly host: string
  readonly port: number
  /** What it is started with, after `lyceum`. */
  readonly serve: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

const readFile = targetFile(HostFile, contradictions)

/** @throws TargetRefused `target.settings` */
export function readHostSettings(root: string): HostSettings {
  const given = readFile(root)
  return {
    ...given,
    root: resolve(root),
    shape: given.shape ?? 'one',
    timeouts: { bootSeconds: 60, frontSeconds: 15, drainSeconds: 120, ...given.timeouts }
  }
}

export const instancesOf = (
  { instances, ports, shape, hosts }: Pick<Places, 'instances' | 'ports' | 'shape' | 'hosts'>,
  colour: Colour
): readonly Instance[] =>
  Array.from({ length: instances }, (_, at) => {
    const id = `${colour}-${at + 1}`
    const host = hosts?.[colour] ?? '127.0.0.1'
    const port = ports[colour] + at * portsOfInstance(shape)
    return { id, colour, host, port, units: unitsOf(shape, { id, host, port }) }
  })

/** How many processes there are while a release comes in beside the one before. */
export const processesAtOnce = (places: Pick<Places, 'instances' | 'ports' | 'shape'>): number =>
  2 * instancesOf(places, 'blue').reduce((all, { units }) => all + units.length, 0)

/** How many ports in a row an instance has. */
const portsOfInstance = (shape: Shape): number => (shape === 'one' ? 1 : PROCESSES.length)

/** A gateway and services of one release find each other and nobody else's. */
function unitsOf(shape: Shape, { id, host, port }: Pick<Instance, 'id' | 'host' | 'port'>): readonly InstanceUnit[] {
  if (shape === 'one') return [{ name: id, host, port, serve: ['serve'], environment: {} }]
  const portOf = (name: ProcessName) => port + PROCESSES.indexOf(name)
  const urls = SERVICES.map((name) => `${name}=http://${host}:${portOf(name)}`).join(',')
  return [...PROCESSES]
    .sort((a, b) => Number(a === 'gateway') - Number(b === 'gateway'))
    .map((name) => ({
      name: `${id}-${name}`,
      host,
      port: portOf(name),
      serve: ['serve', name],
      environment: { SERVICE_URLS: urls }
    }))
}

function contradictions({ proxy, instances, ports, nginx, haproxy, shape = 'one' }: HostFile): string[] {
  const [low, high] = [Math.min(ports.blue, ports.green), Math.max(ports.blue, ports.green)]
  const needed = instances * portsOfInstance(shape)
  return [
    ...(proxy === 'nginx' && !nginx ? ['/nginx is needed: the proxy is nginx'] : []),
    ...(proxy === 'haproxy' && !haproxy ? ['/haproxy is needed: the proxy is haproxy'] : []),
    ...(low + needed > high ? [`/ports overlap: ${needed} processes from ${low} on reach ${high}`] : []),
    ...(high + needed - 1 > 65_535 ? [`/ports: ${needed} processes from ${high} on reach beyond 65535`] : [])
  ]
}
