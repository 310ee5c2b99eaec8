import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import { at, listAt } from '../../../apps/cli/src/render/manifest.ts'
import { podman } from './podman.ts'

/** What of a service is carried over to `podman run`. A key that is not named here ends the rig: nothing is left out unseen. */
const KNOWN = new Set([
  ...[
    'image',
    'command',
    'entrypoint',
    'environment',
    'user',
    'hostname',
    'read_only',
    'init',
    'cap_drop',
    'security_opt'
  ],
  ...['tmpfs', 'volumes', 'secrets', 'networks', 'ports', 'shm_size', 'stop_signal', 'stop_grace_period', 'deploy'],
  ...['healthcheck', 'depends_on']
])
/** Said by Compose alone, or of no use for an hour: which colour, log rotation, starting again. */
const LEFT_OUT = new Set(['profiles', 'logging', 'restart'])

export interface ComposeRun {
  readonly services: readonly string[]
  /** Starts a service after those that it depends on are well. */
  up(service: string): Promise<void>
  /** Runs one to its end, with other words for the program. @returns what it printed */
  once(service: string, args: readonly string[]): string
  isWell(service: string): boolean
  stop(service: string): void
  logs(service: string): string
  down(): void
}

/**
 * A Compose file, read and started by podman, for a machine that has no `docker compose` and whose podman-compose (Debian 12:
 * 1.0) knows neither profiles nor conditions nor nested variables.
 * @param ports of this machine instead of those that the file publishes, by them
 */
export function composeByPodman(
  file: string,
  {
    project,
    variables,
    ports
  }: {
    readonly project: string
    readonly variables: Readonly<Record<string, string>>
    readonly ports: Readonly<Record<string, number>>
  }
): ComposeRun {
  const content: unknown = parse(withVariables(readFileSync(file, 'utf8'), variables))
  const folder = dirname(resolve(file))
  const services = Object(at(content, 'services'))
  const named = (name: string) => `${project}-${name}`
  const started: string[] = []
  for (const [name, network] of Object.entries(Object(at(content, 'networks')))) {
    const subnet = at(network, 'ipam', 'config', 0, 'subnet')
    podman(
      // `internal` is left out: podman 4.3 gives no names in a network that has no way out.
      ...['network', 'create'],
      ...(subnet === undefined ? [] : ['--subnet', String(subnet)]),
      named(name)
    )
  }
  for (const name of Object.keys(Object(at(content, 'volumes')))) podman('volume', 'create', named(name))

  const argsOf = (name: string): string[] => {
    const service = at(services, name)
    const unknown = Object.keys(Object(service)).filter((key) => !KNOWN.has(key) && !LEFT_OUT.has(key))
    if (unknown.length > 0) throw new Error(`${name}: nobody here knows ${unknown.join(', ')}`)
    const flag = (option: string, value: unknown) => (value === undefined ? [] : [option, String(value)])
    const list = (key: string, option: string) => listAt(service, key).flatMap((value) => [option, String(value)])
    const limits = at(service, 'deploy', 'resources', 'limits')
    const health = at(service, 'healthcheck')
    return [
      ...['--pull', 'never'],
      ...networksOf(name, at(service, 'networks')),
      ...Object.entries(Object(at(service, 'environment'))).flatMap(([key, value]) => [
        '--env',
        `${key}=${String(value)}`
      ]),
      ...flag('--user', at(service, 'user')),
      ...flag('--hostname', at(service, 'hostname')),
      ...flag('--shm-size', at(service, 'shm_size')),
      ...flag('--stop-signal', at(service, 'stop_signal')),
      ...flag('--stop-timeout', at(service, 'stop_grace_period')?.toString().replace('s', '')),
      ...(at(service, 'read_only') === true ? ['--read-only'] : []),
      ...(at(service, 'init') === true ? ['--init'] : []),
      ...list('cap_drop', '--cap-drop'),
      ...list('security_opt', '--security-opt').map((value) => value.replace(':true', '')),
      // Docker lets anybody in a container listen at low ports; podman has to be told.
      ...['--sysctl', 'net.ipv4.ip_unprivileged_port_start=0'],
      ...list('tmpfs', '--tmpfs').map((value) => value.replace(/,uid=\d+,gid=\d+/, ',U')),
      ...listAt(service, 'volumes').flatMap((volume) => ['--volume', mountOf(String(volume))]),
      ...listAt(service, 'secrets').flatMap((secret) => ['--volume', secretOf(secret)]),
      ...listAt(service, 'ports').flatMap((port) => {
        const [outside = '', inside = ''] = String(port).split(':')
        return ['--publish', `127.0.0.1:${ports[outside] ?? outside}:${inside}`]
      }),
      ...flag('--cpus', at(limits, 'cpus')),
      ...flag('--memory', at(limits, 'memory')),
      ...flag('--pids-limit', at(limits, 'pids')),
      ...(health === undefined
        ? []
        : ['--health-cmd', checkOf(listAt(health, 'test').map(String)), '--health-interval', 'disable'])
    ]
  }
  const networksOf = (service: string, networks: unknown): string[] =>
    (Array.isArray(networks) ? networks.map((name) => [name, {}]) : Object.entries(Object(networks))).flatMap(
      ([name, options]) => {
        const address = at(options, 'ipv4_address')
        const given = `alias=${service}${address === undefined ? '' : `,ip=${String(address)}`}`
        return ['--network', `${named(String(name))}:${given}`]
      }
    )
  const mountOf = (volume: string): string => {
    const [from = '', ...rest] = volume.split(':')
    if (!/^[./]/.test(from)) return [named(from), ...rest].join(':')
    const path = resolve(folder, from)
    if (!existsSync(path)) mkdirSync(path, { recursive: true })
    return [path, ...rest].join(':')
  }
  const secretOf = (secret: unknown): string => {
    const source = typeof secret === 'string' ? secret : String(at(secret, 'source'))
    const target = typeof secret === 'string' ? `/run/secrets/${secret}` : String(at(secret, 'target'))
    return `${resolve(folder, String(at(content, 'secrets', source, 'file')))}:${target}:ro`
  }
  /** One word for the program, and the rest for its end. */
  const entryOf = (service: unknown): { readonly before: string[]; readonly after: string[] } => {
    const [program, ...words] = listAt(service, 'entrypoint').map(String)
    return { before: program === undefined ? [] : ['--entrypoint', program], after: words }
  }
  const isWell = (name: string): boolean => {
    try {
      podman('healthcheck', 'run', named(name))
      return true
    } catch {
      return false
    }
  }
  const logs = (name: string): string => podman('logs', '--tail', '15', named(name))

  return {
    services: Object.keys(services),
    isWell,
    logs,
    up: async (name) => {
      const service = at(services, name)
      for (const [needed, { condition }] of Object.entries<{ condition?: string }>(Object(at(service, 'depends_on')))) {
        if (condition !== 'service_healthy') throw new Error(`${name}: nobody here knows the condition ${condition}`)
        for (let look = 0; !isWell(needed); look++) {
          if (look > 90) throw new Error(`${needed} is not well\n${logs(needed)}`)
          await sleep(1_000)
        }
      }
      const { before, after } = entryOf(service)
      started.push(name)
      const image = String(at(service, 'image'))
      podman(
        'run',
        '--detach',
        '--name',
        named(name),
        ...argsOf(name),
        ...before,
        image,
        ...after,
        ...words(service, 'command')
      )
    },
    once: (name, args) => {
      const service = at(services, name)
      return podman('run', '--rm', ...argsOf(name), String(at(service, 'image')), ...args)
    },
    stop: (name) => {
      podman('stop', named(name))
    },
    down: () => {
      for (const name of started.reverse()) podman('rm', '--force', '--time', '5', named(name))
      for (const name of Object.keys(Object(at(content, 'volumes')))) podman('volume', 'rm', '--force', named(name))
      for (const name of Object.keys(Object(at(content, 'networks')))) podman('network', 'rm', '--force', named(name))
    }
  }
}

const words = (service: unknown, key: string): string[] => listAt(service, key).map(String)

/** `${A}`, `${A:-b}` and `${A:?why}`, also inside one another. @throws for one that must be set */
function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  const inner = /\$\{([A-Z_]+)(?::([-?])([^${}]*))?\}/g
  const filled = text.replace(inner, (_, name: string, how: string | undefined, other = '') => {
    const value = variables[name]
    if (value !== undefined) return value
    if (how === '?') throw new Error(`${name}: ${other}`)
    return other
  })
  return filled === text ? text : withVariables(filled, variables)
}

/** podman reads a check as words for a shell. */
const checkOf = ([how, ...rest]: readonly string[]): string =>
  how === 'CMD-SHELL' ? rest.join(' ') : rest.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
