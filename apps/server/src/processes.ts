import type { Config } from '@lyceum/platform/config'

/** Ports of the processes of an installation that runs as many. */
export const PORTS: Readonly<Record<string, number>> = {
  gateway: 3000,
  user: 3001,
  course: 3002,
  payment: 3003,
  assessment: 3004,
  analytics: 3005,
  notification: 3006,
  'live-session': 3007,
  file: 3008,
  ai: 3009,
  scorm: 3010,
  lrs: 3011,
  worker: 3020,
  scheduler: 3021
}

/** Services that there are; each can run by itself. */
export const SERVICES = ['user', 'course', 'notification', 'file'] as const
export const PROCESSES = ['gateway', ...SERVICES, 'worker', 'scheduler'] as const
export type ProcessName = (typeof PROCESSES)[number]

/**
 * The part a process plays in an installation of many. `gateway` authenticates and hands on; `service` answers the gateway
 * and other services for its modules alone; `background` runs jobs or schedules and answers nobody but health checks.
 */
export type Part = 'gateway' | 'service' | 'background'

/** What the process of this name does, as `compose` takes it. */
export function partOf(name: ProcessName): { readonly part: Part; readonly targets: readonly string[] } {
  if (name === 'gateway') return { part: 'gateway', targets: ['web'] }
  if (name === 'worker' || name === 'scheduler') return { part: 'background', targets: [name] }
  return { part: 'service', targets: modulesOf(name) }
}

/** Which service answers for a module. */
export const serviceOf = (module: string): string => (module === 'system' ? 'user' : module)

/** Modules that the process of this name serves. */
export const modulesOf = (service: string): readonly string[] => (service === 'user' ? ['user', 'system'] : [service])

/**
 * Where the service of a module is reached. Read at the first question, when every process has found its port.
 * @throws where an entry is not `name=address`
 */
export function serviceUrls({ SERVICE_URLS }: Pick<Config, 'SERVICE_URLS'>): (module: string) => string {
  let given: ReadonlyMap<string, string> | undefined
  return (module) => {
    given ??= new Map(SERVICE_URLS.map((entry) => readEntry(entry)))
    const service = serviceOf(module)
    return given.get(service) ?? `http://127.0.0.1:${PORTS[service]}`
  }
}

function readEntry(entry: string): [string, string] {
  const at = entry.indexOf('=')
  const url = entry.slice(at + 1)
  if (at < 1 || !URL.canParse(url))
    throw new Error(`SERVICE_URLS: “${entry}” is not a name and an address, such as course=http://course:3002`)
  return [entry.slice(0, at), url.replace(/\/$/, '')]
}
