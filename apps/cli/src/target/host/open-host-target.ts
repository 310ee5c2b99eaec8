import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type HostSettings, type Places, processesAtOnce, readHostSettings } from './host-settings.ts'
import { type HostTarget, hostTarget } from './host-target.ts'
import { ownSupervisor } from './supervisor/own-supervisor.ts'
import type { Supervisor } from './supervisor/supervisor.ts'
import { systemd } from './supervisor/systemd.ts'
import { haproxyDriver } from './traffic/haproxy.ts'
import { nginxDriver } from './traffic/nginx.ts'
import type { TrafficDriver } from './traffic/traffic.ts'

/**
 * The server that `<root>/target.json` describes.
 * @throws TargetRefused `target.settings`, naming every fault
 */
export function openHostTarget(root: string): HostTarget {
  const settings = readHostSettings(root)
  return hostTarget(settings, {
    supervisor: supervisorOf(settings),
    traffic: trafficOf(settings),
    environment: { DATABASE_PROCESSES: String(databaseProcesses(settings)) }
  })
}

/** What the file says where more share the database, and never fewer than are started here: their pools would not fit. */
function databaseProcesses(settings: HostSettings): number {
  const file = existsSync(settings.environment) ? readFileSync(settings.environment, 'utf8') : ''
  return Math.max(Number(parseEnv(file).DATABASE_PROCESSES) || 1, processesAtOnce(settings))
}

export function supervisorOf({ supervisor, root, environment, timeouts }: HostSettings): Supervisor {
  if (supervisor === 'systemd') return systemd(root)
  return ownSupervisor(root, {
    environment,
    args: ['--disable-warning=ExperimentalWarning', 'apps/cli/bin/lyceum.mjs'],
    stopPatienceMs: timeouts.drainSeconds * 1000
  })
}

export function trafficOf(settings: Places): TrafficDriver {
  const { proxy, nginx, haproxy } = settings
  if (proxy === 'nginx' && nginx) return nginxDriver({ ...settings, nginx })
  if (proxy === 'haproxy' && haproxy) return haproxyDriver({ ...settings, haproxy })
  throw new Error('The settings were read without their proxy')
}
