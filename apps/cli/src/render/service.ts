/** What Kubernetes and Compose reserve for a process and what they cut it off at; CPU in thousandths, memory in MiB. */
export interface Resources {
  readonly cpu: { readonly request: number; readonly limit: number }
  readonly memory: { readonly request: number; readonly limit: number }
}

/** One process of the split product, as `lyceum serve <name>` starts it. */
export interface Service {
  readonly name: string
  readonly kind: 'gateway' | 'module' | 'worker' | 'scheduler'
  readonly port: number
  readonly resources: Resources
  /** Names of the services it calls. */
  readonly calls: readonly string[]
}

/** A module of the product and the modules it asks, as its package.json says. */
export interface ModuleNode {
  readonly name: string
  readonly asks: readonly string[]
}

const usual: Resources = { cpu: { request: 250, limit: 500 }, memory: { request: 256, limit: 512 } }
const large: Resources = { cpu: { request: 500, limit: 1000 }, memory: { request: 512, limit: 1024 } }
const muchMemory: Resources = { cpu: { request: 250, limit: 500 }, memory: { request: 512, limit: 1024 } }

const PORTS: Readonly<Record<string, { readonly port: number; readonly resources: Resources }>> = {
  user: { port: 3001, resources: usual },
  course: { port: 3002, resources: usual },
  payment: { port: 3003, resources: usual },
  assessment: { port: 3004, resources: large },
  analytics: { port: 3005, resources: usual },
  notification: { port: 3006, resources: usual },
  'live-session': { port: 3007, resources: large },
  file: { port: 3008, resources: muchMemory },
  ai: { port: 3009, resources: usual },
  scorm: { port: 3010, resources: usual },
  lrs: { port: 3011, resources: usual }
}

/**
 * Every process of an installation that is split, gateway first.
 * @throws Error for a module that has no port yet
 */
export function listServices(modules: readonly ModuleNode[]): Service[] {
  const names = modules.map(({ name }) => name)
  const served = modules
    .map(({ name, asks }): Service => {
      const known = PORTS[name]
      if (!known) throw new Error(`The module ${name} has no port: name one in apps/cli/src/render/service.ts.`)
      return { name, kind: 'module', ...known, calls: asks.filter((asked) => names.includes(asked)) }
    })
    .sort((a, b) => a.port - b.port)
  return [
    { name: 'gateway', kind: 'gateway', port: 3000, resources: usual, calls: served.map(({ name }) => name) },
    ...served,
    { name: 'worker', kind: 'worker', port: 3020, resources: large, calls: served.map(({ name }) => name) },
    { name: 'scheduler', kind: 'scheduler', port: 3021, resources: usual, calls: [] }
  ]
}

/** How many processes share the database while a release comes in beside the one that serves. */
export const processesAtOnce = (services: readonly Pick<Service, 'kind'>[], replicas: number): number =>
  2 * services.reduce((sum, { kind }) => sum + (kind === 'scheduler' ? 1 : replicas), 0)
