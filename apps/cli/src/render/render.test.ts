import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeSettings } from '@lyceum/platform/config-reference'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultDeployment, readDeployment } from './deployment.ts'
import { commonSettings, S3_SECRETS, SECRETS } from './environment.ts'
import { readModuleGraph } from './module-graph.ts'
import { deploymentFile, renderAll } from './render.ts'
import { listServices } from './service.ts'

const BIN = fileURLToPath(new URL('../../bin/lyceum.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'lyceum-render-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const lyceum = (...args: string[]) =>
  spawnSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NO_COLOR: '1' }
  })

describe('a deployment', () => {
  it('is read as it is written', () => {
    expect(readDeployment(deploymentFile())).toEqual(defaultDeployment)
  })

  it('is filled in where it says nothing', () => {
    expect(readDeployment('kubernetes: { gatewayClass: nginx }')).toEqual({
      ...defaultDeployment,
      kubernetes: { ...defaultDeployment.kubernetes, gatewayClass: 'nginx' }
    })
  })

  it('is refused with every fault at once', () => {
    expect(() => readDeployment('name: 7\nimage: { digest: latest }\nreplica: 3')).toThrow(
      /name.*\n.*(image\.digest|replica)/s
    )
    expect(() => readDeployment('examReplicas: 99\ntimeZone: Mars/Base')).toThrow(
      /more than replicas\.max.*no “Mars\/Base”/s
    )
    expect(() => readDeployment('a: [')).toThrow(/deployment file/)
  })
})

describe('rendering', () => {
  it('gives the same bytes twice', () => {
    expect(renderAll(defaultDeployment, readModuleGraph())).toEqual(
      renderAll(structuredClone(defaultDeployment), readModuleGraph())
    )
  })

  it('knows every module of this release, and a port for each of those to come', () => {
    expect(listServices(readModuleGraph()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['gateway', ...readModuleGraph().map(({ name }) => name), 'worker', 'scheduler'])
    )
    const ports = listServices(readModuleGraph()).map(({ port }) => port)
    expect(new Set(ports).size).toBe(ports.length)
    expect(() => listServices([{ name: 'unheard-of', asks: [] }])).toThrow(/no port/)
  })

  it('never asks for a latest version, and never says a secret', () => {
    for (const { path, text } of renderAll(defaultDeployment, readModuleGraph())) {
      expect([path, /:latest\b/.test(text)]).toEqual([path, false])
      expect([path, /nginx\.ingress\.kubernetes\.io/.test(text)]).toEqual([path, false])
    }
  })

  it('hands every secret over as a file', () => {
    const settings = commonSettings(defaultDeployment, listServices(readModuleGraph()), {
      environment: 'production',
      home: '/var/lib/lyceum',
      address: ({ port }) => `http://127.0.0.1:${port}`,
      secretFile: (name) => `/secrets/${name}`,
      storage: 's3',
      replicas: 3
    })
    for (const { name, secret } of describeSettings())
      if (secret) expect([name, settings[name]]).toEqual([name, undefined])
    for (const name of [...SECRETS, ...S3_SECRETS]) expect(settings[`${name}_FILE`]).toBe(`/secrets/${name}`)
  })
})

describe('the commands', () => {
  it('write files, and find what was changed by hand', () => {
    expect(lyceum('config', 'render', 'nginx', '--into', 'deploy')).toMatchObject({ status: 0 })
    expect(lyceum('diff', 'nginx')).toMatchObject({ status: 0 })
    const file = join(folder, 'deploy/nginx/lyceum.conf')
    const text = readFileSync(file, 'utf8')
    const line = text.split('\n').findIndex((each) => each.includes('ssl_protocols')) + 1
    writeFileSync(file, text.replace('TLSv1.2 TLSv1.3', 'TLSv1 TLSv1.2 TLSv1.3'))
    const { status, stdout } = lyceum('diff', 'nginx', '--json')
    expect(status).toBe(2)
    expect(JSON.parse(stdout)).toEqual({
      drift: [
        {
          file: 'deploy/nginx/lyceum.conf',
          line,
          expected: '  ssl_protocols TLSv1.2 TLSv1.3;',
          found: '  ssl_protocols TLSv1 TLSv1.2 TLSv1.3;'
        }
      ]
    })
    rmSync(file)
    expect(lyceum('diff', 'nginx').stdout).toContain('deploy/nginx/lyceum.conf:1  missing')
  })

  it('take the deployment and the image they are given', () => {
    writeFileSync(join(folder, 'ours.yaml'), 'hosts: [school.example.org]\n')
    expect(lyceum('config', 'render', 'env', '--from', 'ours.yaml').stdout).toContain(
      'PUBLIC_URL=https://school.example.org'
    )
    const image = `ghcr.io/school/lyceum@sha256:${'ab'.repeat(32)}`
    lyceum('config', 'render', 'kubernetes', '--from', 'ours.yaml', '--image', image, '--into', 'out')
    const text = readFileSync(join(folder, 'out/kubernetes/overlays/production/blue/kustomization.yaml'), 'utf8')
    expect(text).toContain('newName: ghcr.io/school/lyceum')
    expect(text).toContain(`digest: sha256:${'ab'.repeat(32)}`)
  })

  it('refuse what they cannot render', () => {
    expect(lyceum('config', 'render', 'helm').status).toBe(64)
    expect(lyceum('config', 'render', 'nginx', '--image', 'lyceum:latest')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('image.digest')
    })
    expect(lyceum('diff', '--from', 'nowhere.yaml')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('lyceum config render deployment')
    })
  })
})
