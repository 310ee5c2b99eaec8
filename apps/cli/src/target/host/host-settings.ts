import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Colour } from '../../release/target.ts'
import { TargetRefused } from './target-refused.ts'

const Path = Type.String({ pattern: '^/[^"\\s;{}]*$', description: 'an absolute path without spaces and quotes' })
const Port = Type.Integer({ minimum: 1, maximum: 65_535 })
const Seconds = (fallback: number) => Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400, default: fallback }))
const Command = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })

/** `<root>/target.json`: everything the release tool must know about one server. */
const HostFile = Type.Object(
  {
    proxy: Type.Union([Type.Literal('nginx'), Type.Literal('haproxy')]),
    /** Processes of each colour; rolling needs at least two. */
    instances: Type.Integer({ minimum: 1, maximum: 32 }),
    /** Of the first process of each colour; the others follow upwards. */
    ports: Type.Object({ blue: Port, green: Port }, { additionalProperties: false }),
    /** Where people come in, and a host name of a school there. */
    door: Type.Object(
      {
        url: Type.String({ pattern: '^https?://[^/\\s]+$' }),
        host: Type.String({ pattern: '^[A-Za-z0-9.-]+(:\\d+)?$' }),
        /** Certificates to trust, where the front door has one that no authority signed. */
        ca: Type.Optional(Path)
      },
      { additionalProperties: false }
    ),
    supervisor: Type.Union([Type.Literal('systemd'), Type.Literal('own')]),
    /** Settings of every process, as in `/etc/lyceum/lyceum.env`. */
    environment: Path,
    /** What is started in the folder of a release, after `lyceum`. */
    serve: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    nginx: Type.Optional(
      Type.Object({ config: Path, test: Command, reload: Command }, { additionalProperties: false })
    ),
    haproxy: Type.Optional(
      Type.Object({ socket: Path, config: Path, test: Command, reload: Command }, { additionalProperties: false })
    ),
    timeouts: Type.Optional(
      Type.Object(
        { bootSeconds: Seconds(60), frontSeconds: Seconds(15), drainSeconds: Seconds(120) },
        { additionalProperties: false }
      )
    )
  },
  { additionalProperties: false }
)
type HostFile = Static<typeof HostFile>

/** Two colours of processes behind a proxy, however they are started. */
export interface Places extends Pick<HostFile, 'proxy' | 'instances' | 'ports' | 'door' | 'nginx' | 'haproxy'> {
  readonly root: string
  /** Of processes that do not listen on this machine's own address. */
  readonly hosts?: Readonly<Record<Colour, string>>
  readonly timeouts: { readonly bootSeconds: number; readonly frontSeconds: number; readonly drainSeconds: number }
}

export interface HostSettings extends Places, Pick<HostFile, 'supervisor' | 'environment'> {
  readonly serve: readonly string[]
}

export interface Instance {
  /** `<colour>-<number>` */
  readonly id: string
  readonly colour: Colour
  readonly host: string
  readonly port: number
}

const validator = Compile(HostFile)

/**
 * Reads `<root>/target.json`.
 * @throws TargetRefused `target.settings`, naming every fault at once
 */
export function readHostSettings(root: string): HostSettings {
  const path = join(root, 'target.json')
  const refuse = (faults: readonly string[]): never => {
    throw new TargetRefused(
      'target.settings',
      `${path} cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`
    )
  }
  let given: unknown
  try {
    given = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    return refuse([error instanceof Error ? error.message : String(error)])
  }
  if (!validator.Check(given))
    return refuse(
      validator.Errors(given).map(({ instancePath, message }) => `${instancePath || 'the file'} ${message}`)
    )
  const faults = contradictions(given)
  if (faults.length > 0) return refuse(faults)
  return {
    ...given,
    root: resolve(root),
    serve: given.serve ?? ['serve'],
    timeouts: { bootSeconds: 60, frontSeconds: 15, drainSeconds: 120, ...given.timeouts }
  }
}

export const instancesOf = (
  { instances, ports, hosts }: Pick<Places, 'instances' | 'ports' | 'hosts'>,
  colour: Colour
): readonly Instance[] =>
  Array.from({ length: instances }, (_, at) => ({
    id: `${colour}-${at + 1}`,
    colour,
    host: hosts?.[colour] ?? '127.0.0.1',
    port: ports[colour] + at
  }))

function contradictions({ proxy, instances, ports, nginx, haproxy }: HostFile): string[] {
  const [low, high] = [Math.min(ports.blue, ports.green), Math.max(ports.blue, ports.green)]
  return [
    ...(proxy === 'nginx' && !nginx ? ['/nginx is needed: the proxy is nginx'] : []),
    ...(proxy === 'haproxy' && !haproxy ? ['/haproxy is needed: the proxy is haproxy'] : []),
    ...(low + instances > high ? [`/ports overlap: ${instances} processes from ${low} on reach ${high}`] : []),
    ...(high + instances - 1 > 65_535 ? [`/ports: ${instances} processes from ${high} on reach beyond 65535`] : [])
  ]
}
