import { spawnSync } from 'node:child_process'
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
  /** `name:address` of everything in a network. */
  hostsFor(network: string): string[]
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
  const networks = Object.entries(Object(at(content, 'networks')))
  const subnetOf = (name: string): string => {
    const place = networks.findIndex(([network]) => network === name)
    return String(at(networks[place]?.[1], 'ipam', 'config', 0, 'subnet') ?? `172.30.${78 + place}.0/24`)
  }
  // Fixed addresses and lines of /etc/hosts: podman 4.3 asks one name server only, and gives an internal network none.
  const addressIn = (network: string, service: string): string => {
    const given = at(services, service, 'networks', network, 'ipv4_address')
    const place = Object.keys(services).indexOf(service)
    return String(given ?? subnetOf(network).replace(/\d+\/\d+$/, String(20 + place)))
  }
  const networksOf = (service: string): string[] => {
    const given = at(services, service, 'networks')
    return Array.isArray(given) ? given.map(String) : Object.keys(Object(given))
  }
  const hostsFor = (network: string): string[] =>
    Object.keys(services)
      .filter((service) => networksOf(service).includes(network))
      .map((service) => `${service}:${addressIn(network, service)}`)
  for (const [name, network] of networks) {
    const closed = at(network, 'internal') === true ? ['--internal'] : []
    podman('network', 'create', ...closed, '--subnet', subnetOf(name), named(name))
  }
  for (const name of Object.keys(Object(at(content, 'volumes')))) podman('volume', 'create', named(name))

  const argsOf = (name: string, isOnce = false): string[] => {
    const service = at(services, name)
    const unknown = Object.keys(Object(service)).filter((key) => !KNOWN.has(key) && !LEFT_OUT.has(key))
    if (unknown.length > 0) throw new Error(`${name}: nobody here knows ${unknown.join(', ')}`)
    const flag = (option: string, value: unknown) => (value === undefined ? [] : [option, String(value)])
    const list = (key: string, option: string) => listAt(service, key).flatMap((value) => [option, String(value)])
    const limits = at(service, 'deploy', 'resources', 'limits')
    const health = at(service, 'healthcheck')
    return [
      ...['--pull', 'never'],
      ...networksOf(name).flatMap((network) => {
        // What runs once beside what runs has an address of its own.
        const address = isOnce ? '' : `:ip=${addressIn(network, name)}`
        return ['--network', `${named(network)}${address}`]
      }),
      ...[...new Set(networksOf(name).flatMap(hostsFor))].flatMap((host) => ['--add-host', host]),
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
  const logs = (name: string): string => {
    const { stdout, stderr } = spawnSync('podman', ['logs', '--tail', '15', named(name)], { encoding: 'utf8' })
    return `${stdout}${stderr}`
  }

  return {
    services: Object.keys(services),
    hostsFor,
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
      return podman('run', '--rm', ...argsOf(name, true), String(at(service, 'image')), ...args)
    },
    stop: (name) => {
      podman('stop', named(name))
    },
    down: () => {
      const remove = (...args: string[]) => spawnSync('podman', args)
      for (const name of started.reverse()) remove('rm', '--force', '--time', '5', named(name))
      for (const name of Object.keys(Object(at(content, 'volumes')))) remove('volume', 'rm', '--force', named(name))
      for (const name of Object.keys(Object(at(content, 'networks')))) remove('network', 'rm', '--force', named(name))
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
