import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { defaultDeployment } from '../../render/deployment.ts'
import { releaseTool } from '../../render/kubernetes/release-tool.ts'
import { at, kindOf, type Manifest } from '../../render/manifest.ts'
import { readKubernetesSettings } from './kubernetes-settings.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lyceum-kubernetes-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))
const given = (file: object) => writeFileSync(join(root, 'target.json'), JSON.stringify(file))
const inside = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' }

it('is in the cluster what the rendered pod of the tool brings', () => {
  const objects = releaseTool(defaultDeployment, { namespace: 'lyceum', host: 'learn.example.org' })
  const target = objects.map((object): Manifest => ({ ...object })).find((one) => kindOf(one) === 'ConfigMap')
  writeFileSync(join(root, 'target.json'), String(at(target, 'data', 'target.json')))
  writeFileSync(join(root, 'token'), 'a token')
  expect(readKubernetesSettings(root, inside, root)).toMatchObject({
    name: 'lyceum',
    namespace: 'lyceum',
    door: { url: 'https://learn.example.org', host: 'learn.example.org' },
    api: { server: 'https://10.0.0.1:443', tokenFile: join(root, 'token'), ca: join(root, 'ca.crt') },
    address: 'http://gateway-{colour}.lyceum.svc:3000',
    scrape: 'pods'
  })
})

it('asks for an address of the API outside of a cluster, and names every fault', () => {
  const door = { url: 'https://learn.example.org', host: 'learn.example.org' }
  given({ name: 'lyceum', namespace: 'lyceum', door })
  expect(() => readKubernetesSettings(root, {}, root)).toThrow(/kubectl proxy/)
  given({ name: 'lyceum', namespace: 'lyceum', door, server: 'http://127.0.0.1:8001' })
  expect(readKubernetesSettings(root, {}, root)).toMatchObject({
    api: { server: 'http://127.0.0.1:8001' },
    scrape: 'api'
  })
  given({ name: 'UPPER', namespace: 'lyceum', door: { url: 'ftp://x', host: 'x' } })
  expect(() => readKubernetesSettings(root, {}, root)).toThrow(/\/name.*\n.*\/door\/url|\/door\/url.*\n.*\/name/s)
  writeFileSync(join(root, 'target.json'), '{')
  expect(() => readKubernetesSettings(root, {}, root)).toThrow(/cannot be used/)
})
