import { join, resolve } from 'node:path'
import Type from 'typebox'
import { ADDRESSES } from '../../render/compose/addresses.ts'
import type { Places } from '../host/host-settings.ts'
import { AbsolutePath, CommandLine, Door, Timeouts, targetFile } from '../target-file.ts'

const Address = Type.String({ pattern: '^[0-9a-fA-F.:]+$' })

/** `<root>/target.json` for Compose: everything the release tool must know about one server with containers. */
const ComposeFile = Type.Object(
  {
    /** The rendered compose.production.yaml. */
    file: AbsolutePath,
    /** What runs Compose files: `docker compose`, or what takes and answers the same. */
    command: Type.Optional(CommandLine),
    /** What runs containers, for counting restarts and fetching images. */
    engine: Type.Optional(CommandLine),
    /** Of both gateways in the network `front`, as the file has them. */
    addresses: Type.Optional(Type.Object({ blue: Address, green: Address }, { additionalProperties: false })),
    door: Door,
    /** Where nginx reads the file of traffic, on this machine; beside the Compose file where none is given. */
    config: Type.Optional(AbsolutePath),
    timeouts: Type.Optional(Timeouts)
  },
  { additionalProperties: false }
)
const readFile = targetFile(ComposeFile)

export interface ComposeSettings extends Places {
  readonly file: string
  readonly command: readonly string[]
  readonly engine: readonly string[]
}

/** @throws TargetRefused `target.settings` */
export function readComposeSettings(root: string): ComposeSettings {
  const given = readFile(root)
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
