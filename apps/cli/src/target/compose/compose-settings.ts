import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { ADDRESSES } from '../../render/compose/addresses.ts'
import type { Places } from '../host/host-settings.ts'
import { TargetRefused } from '../host/target-refused.ts'

const Command = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })
const Path = Type.String({ pattern: '^/[^"\\s;{}]*$', description: 'an absolute path without spaces and quotes' })
const Address = Type.String({ pattern: '^[0-9a-fA-F.:]+$' })
const Seconds = Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 }))

/** `<root>/target.json` for Compose: everything the release tool must know about one server with containers. */
const ComposeFile = Type.Object(
  {
    /** The rendered compose.production.yaml. */
    file: Path,
    /** What runs Compose files: `docker compose`, or what takes and answers the same. */
    command: Type.Optional(Command),
    /** What runs containers, for counting restarts and fetching images. */
    engine: Type.Optional(Command),
    /** Of both gateways in the network `front`, as the file has them. */
    addresses: Type.Optional(Type.Object({ blue: Address, green: Address }, { additionalProperties: false })),
    door: Type.Object(
      {
        url: Type.String({ pattern: '^https?://[^/\\s]+$' }),
        host: Type.String({ pattern: '^[A-Za-z0-9.-]+(:\\d+)?$' }),
        ca: Type.Optional(Path)
      },
      { additionalProperties: false }
    ),
    /** Where nginx reads the file of traffic, on this machine; beside the Compose file where none is given. */
    config: Type.Optional(Path),
    timeouts: Type.Optional(
      Type.Object(
        { bootSeconds: Seconds, frontSeconds: Seconds, drainSeconds: Seconds },
        { additionalProperties: false }
      )
    )
  },
  { additionalProperties: false }
)
const validator = Compile(ComposeFile)

export interface ComposeSettings extends Places {
  readonly file: string
  readonly command: readonly string[]
  readonly engine: readonly string[]
}

/**
 * Reads `<root>/target.json`.
 * @throws TargetRefused `target.settings`, naming every fault at once
 */
export function readComposeSettings(root: string): ComposeSettings {
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
  const { file, door, timeouts, addresses = ADDRESSES, command = ['docker', 'compose'], engine = ['docker'] } = given
  const nginx = [...command, '--file', file, 'exec', '--no-TTY', 'nginx', 'nginx', '-c', '/etc/nginx/lyceum/nginx.conf']
  return {
    root: resolve(root),
    file,
    command,
    engine,
    door,
    proxy: 'nginx',
    // One gateway for each colour: Compose starts and stops a colour as a whole.
    instances: 1,
    ports: { blue: 3000, green: 3000 },
    hosts: addresses,
    // What an instance is made of is the file's business.
    shape: 'one',
    nginx: {
      config: given.config ?? join(file, '../nginx/lyceum-traffic.conf'),
      test: [...nginx, '-t'],
      reload: [...nginx, '-s', 'reload']
    },
    timeouts: { bootSeconds: 180, frontSeconds: 15, drainSeconds: 120, ...timeouts }
  }
}
