import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TargetRefused } from '../../target-refused.ts'
import { type Instance, instancesOf, type Places } from '../host-settings.ts'
import { haproxyConfig, PINS_MAP, TRAFFIC_MAP } from './haproxy-config.ts'
import { askHaproxy } from './haproxy-socket.ts'
import { installProxyFile } from './install-proxy-file.ts'
import { NOTHING_RUNS, other, type Traffic, type TrafficDriver } from './traffic.ts'

/** Bit of `srv_admin_state` for “drained by an operator” (HAProxy management guide §9.3, “show servers state”). */
const DRAINED = 0x08

/** HAProxy, told by its runtime socket: no reload, and nothing that is connected notices. */
export function haproxyDriver(settings: Places & { readonly haproxy: NonNullable<Places['haproxy']> }): TrafficDriver {
  const { socket } = settings.haproxy
  const folder = join(settings.root, 'traffic')
  const file = (name: string) => join(folder, name)
  const all = [...instancesOf(settings, 'blue'), ...instancesOf(settings, 'green')]

  const state = async (): Promise<string> => (await askHaproxy(socket, ['show servers state']))[0] ?? ''
  const read = async (): Promise<Traffic> => {
    const [traffic = ''] = await askHaproxy(socket, [`show map ${file(TRAFFIC_MAP)}`])
    // A line is `<address in memory> <key> <value>`.
    const words = traffic.split('\n').map((line) => line.split(' '))
    const of = (key: string) => words.find(([, name]) => name === key)?.[2]
    const releases = { blue: of('release-blue') ?? null, green: of('release-green') ?? null }
    const resting = drainedIn(await state())
    return {
      stable: of('stable') === 'green' ? 'green' : 'blue',
      limit: Number(of('limit') ?? 0),
      releases,
      out: all.flatMap(({ id, colour }) => (resting.includes(id) && releases[colour] !== null ? [id] : []))
    }
  }

  return {
    prepare: async () => {
      mkdirSync(folder, { recursive: true })
      for (const [name, entries] of Object.entries(mapsOf(NOTHING_RUNS)))
        if (!existsSync(file(name))) writeMap(file(name), entries)
      installProxyFile(settings.haproxy, haproxyConfig(settings))
    },
    read,
    write: async (traffic) => {
      const before = await read()
      const maps = mapsOf(traffic)
      for (const [name, entries] of Object.entries(maps)) await replaceMap(socket, file(name), entries)
      const idle = ({ id, colour }: Instance) => traffic.releases[colour] === null || traffic.out.includes(id)
      const resting = new Set(drainedIn(await state()))
      const changed = all.filter((instance) => {
        const fresh = before.releases[instance.colour] !== traffic.releases[instance.colour]
        return idle(instance) ? !resting.has(instance.id) : resting.has(instance.id) || fresh
      })
      await askHaproxy(
        socket,
        changed.flatMap((instance) => (idle(instance) ? rest(instance) : serve(instance)))
      )
      // For the next start of HAProxy.
      for (const [name, entries] of Object.entries(maps)) writeMap(file(name), entries)
    }
  }
}

/**
 * Nothing new for this process. It is not looked at either: it stops listening while it still answers, and HAProxy would
 * take that for its end and cut those who wait for their answers.
 */
const rest = ({ id, colour }: Instance): string[] => [
  `set server lyceum_${colour}/${id} state drain`,
  `disable health lyceum_${colour}/${id}`
]

/** It is ready, whoever asks for this has made sure; so nobody waits until HAProxy has looked. */
const serve = ({ id, colour }: Instance): string[] => [
  `enable health lyceum_${colour}/${id}`,
  `set server lyceum_${colour}/${id} health up`,
  `set server lyceum_${colour}/${id} state ready`
]

type Entries = readonly (readonly [key: string, value: string])[]

function mapsOf({ stable, limit, releases }: Traffic): Readonly<Record<string, Entries>> {
  const { blue, green } = releases
  const named = (key: string, release: string | null): Entries => (release === null ? [] : [[key, release]])
  // Where both run the same release, the first entry counts: whoever is pinned to it stays with what is stable.
  const order = [stable, other(stable)] as const
  return {
    [TRAFFIC_MAP]: [
      ['stable', stable],
      ['candidate', other(stable)],
      ['limit', String(limit)],
      ...named('release-blue', blue),
      ...named('release-green', green)
    ],
    [PINS_MAP]: order.flatMap((colour): Entries => {
      const release = releases[colour]
      return release === null ? [] : [[release, colour]]
    })
  }
}

/** A new version of the map, taken over in one step: no request sees half of it. */
async function replaceMap(socket: string, path: string, entries: Entries): Promise<void> {
  const [prepared = ''] = await askHaproxy(socket, [`prepare map ${path}`])
  const [version] = /\d+/.exec(prepared) ?? []
  if (version === undefined) throw new TargetRefused('target.proxy-map', `HAProxy has no map ${path}: ${prepared}`)
  const answers = await askHaproxy(socket, [
    ...entries.map(([key, value]) => `add map @${version} ${path} ${key} ${value}`),
    `commit map @${version} ${path}`
  ])
  const fault = answers.find((answer) => answer !== '')
  if (fault !== undefined) throw new TargetRefused('target.proxy-map', `HAProxy refused a change of ${path}: ${fault}`)
}

function writeMap(path: string, entries: Entries): void {
  const text = entries.map(([key, value]) => `${key} ${value}\n`).join('')
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  writeFileSync(`${path}.next`, text)
  renameSync(`${path}.next`, path)
}

function drainedIn(servers: string): string[] {
  const [, header = '', ...rows] = servers.split('\n')
  const names = header.replace(/^# /, '').split(' ')
  const at = (row: readonly string[], name: string) => row[names.indexOf(name)] ?? ''
  return rows.flatMap((line) => {
    const row = line.split(' ')
    const id = at(row, 'srv_name')
    const own = at(row, 'be_name') === `lyceum_${id.split('-')[0]}`
    return own && (Number(at(row, 'srv_admin_state')) & DRAINED) !== 0 ? [id] : []
  })
}
