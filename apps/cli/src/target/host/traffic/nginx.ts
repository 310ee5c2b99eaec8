import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { TargetRefused } from '../../target-refused.ts'
import type { Places } from '../host-settings.ts'
import { installProxyFile } from './install-proxy-file.ts'
import { FOLDER, NOW, nginxConfig } from './nginx-config.ts'
import { NOTHING_RUNS, type Traffic, type TrafficDriver } from './traffic.ts'

/** Folders of earlier states that a request may just be reading. */
const KEPT_FOLDERS = 10

/** nginx, told by a symbolic link where to send whom; reloaded only when ports or the number of processes change. */
export function nginxDriver(settings: Places & { readonly nginx: NonNullable<Places['nginx']> }): TrafficDriver {
  const folder = join(settings.root, 'traffic')
  const link = join(folder, NOW)

  const write = async (traffic: Traffic): Promise<void> => {
    const state = join('states', nameOf(traffic))
    mkdirSync(join(folder, state), { recursive: true })
    const next = join(folder, `${NOW}.${process.pid}`)
    rmSync(next, { force: true })
    symlinkSync(state, next)
    renameSync(next, link)
    forget(folder, basename(state))
  }

  return {
    prepare: async () => {
      if (!existsSync(link)) await write(NOTHING_RUNS)
      installProxyFile(settings.nginx, nginxConfig(settings))
    },
    read: async () => {
      if (!existsSync(link)) return NOTHING_RUNS
      return readName(basename(readlinkSync(link)))
    },
    write
  }
}

/** Every part ends with a comma and the last one with the end of the name: no value is mistaken for the start of another. */
function nameOf({ stable, limit, releases, out }: Traffic): string {
  if (out.length > 1) throw new Error('nginx takes one instance out at a time')
  return [
    `${FOLDER.stable}${stable}`,
    `${FOLDER.limit}${String(limit).padStart(5, '0')}`,
    `${FOLDER.blue}${releases.blue ?? ''}`,
    `${FOLDER.green}${releases.green ?? ''}`,
    `${FOLDER.out}${out[0] ?? ''}`
  ].join(',')
}

function readName(name: string): Traffic {
  const [, stable, limit, blue = '', green = '', out = ''] =
    /^stable=(blue|green),limit=(\d{5}),blue=([^,]*),green=([^,]*),out=([^,]*)$/.exec(name) ?? []
  if ((stable !== 'blue' && stable !== 'green') || limit === undefined)
    throw new TargetRefused('target.traffic-unreadable', `The traffic state “${name}” was not written by this tool.`)
  return {
    stable,
    limit: Number(limit),
    releases: { blue: blue === '' ? null : blue, green: green === '' ? null : green },
    out: out === '' ? [] : [out]
  }
}

function forget(folder: string, current: string): void {
  const names = readdirSync(join(folder, 'states')).filter((name) => name !== current)
  for (const name of names.slice(0, Math.max(0, names.length - KEPT_FOLDERS)))
    rmSync(join(folder, 'states', name), { recursive: true, force: true })
}
