import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { instancesOf, processesAtOnce, readHostSettings } from './host-settings.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lyceum-target-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const good = {
  proxy: 'nginx',
  instances: 2,
  ports: { blue: 4100, green: 4200 },
  door: { url: 'https://127.0.0.1', host: 'learn.example.org' },
  supervisor: 'systemd',
  environment: '/etc/lyceum.env',
  nginx: { config: '/etc/nginx/lyceum-traffic.conf', test: ['nginx', '-t'], reload: ['nginx', '-s', 'reload'] }
}
const read = (file: object) => {
  writeFileSync(join(root, 'target.json'), JSON.stringify(file))
  return readHostSettings(root)
}

it('fills in what most servers need not say', () => {
  const settings = read(good)
  expect(settings.shape).toBe('one')
  expect(settings.timeouts).toEqual({ bootSeconds: 60, frontSeconds: 15, drainSeconds: 120 })
  const host = '127.0.0.1'
  const alone = { host, serve: ['serve'], environment: {} }
  expect(instancesOf(settings, 'green')).toEqual([
    { id: 'green-1', colour: 'green', host, port: 4200, units: [{ name: 'green-1', port: 4200, ...alone }] },
    { id: 'green-2', colour: 'green', host, port: 4201, units: [{ name: 'green-2', port: 4201, ...alone }] }
  ])
  expect(processesAtOnce(settings)).toBe(4)
})

it('makes a gateway and services of each instance, which find each other', () => {
  const settings = read({ ...good, shape: 'services' })
  const [, second] = instancesOf(settings, 'blue')
  expect(second).toMatchObject({ id: 'blue-2', port: 4107 })
  expect(second?.units.at(-1)).toEqual({
    name: 'blue-2-gateway',
    host: '127.0.0.1',
    port: 4107,
    serve: ['serve', 'gateway'],
    environment: {
      SERVICE_URLS:
        'user=http://127.0.0.1:4108,course=http://127.0.0.1:4109,notification=http://127.0.0.1:4110,file=http://127.0.0.1:4111'
    }
  })
  expect(second?.units.map(({ port }) => port).sort()).toEqual([4107, 4108, 4109, 4110, 4111, 4112, 4113])
  expect(processesAtOnce(settings)).toBe(28)
})

it('names every fault at once', () => {
  const { ports: _, ...withoutPorts } = good
  expect(() => read({ ...withoutPorts, instances: 0, environment: 'relative', extra: true })).toThrow(
    /instances[\s\S]*environment/
  )
  expect(() => read({ ...withoutPorts, instances: 0 })).toThrow('ports')
  expect(() => read({ ...good, environment: '/etc/a;b' })).toThrow('/environment')
})

it('refuses what contradicts itself', () => {
  expect(() => read({ ...good, ports: { blue: 4100, green: 4101 } })).toThrow('overlap')
  expect(() => read({ ...good, shape: 'services', ports: { blue: 4100, green: 4110 } })).toThrow('overlap')
  expect(() => read({ ...good, proxy: 'haproxy' })).toThrow('/haproxy is needed')
  expect(() => read({ ...good, ports: { blue: 4100, green: 65_535 } })).toThrow('beyond 65535')
})

it('says so when the file is not there or is no JSON', () => {
  expect(() => readHostSettings(root)).toThrow('no such file')
  writeFileSync(join(root, 'target.json'), '{')
  expect(() => readHostSettings(root)).toThrow('JSON')
})
