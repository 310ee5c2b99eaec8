import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Ajv from 'ajv'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { defaultDeployment } from '../deployment.ts'
import { at, listAt } from '../manifest.ts'
import { readModuleGraph } from '../module-graph.ts'
import { render } from '../render.ts'

const files = render('compose', defaultDeployment, readModuleGraph())
const textOf = (name: string) => files.find(({ path }) => path === `compose/${name}`)?.text ?? ''
const production: unknown = parse(textOf('compose.production.yaml'))
const services = Object.entries(Object(at(production, 'services')))

describe.each(['compose.production.yaml', 'compose.development.yaml'])('%s', (name) => {
  it('is what the Compose specification allows', () => {
    const schemas = join(dirname(createRequire(import.meta.url).resolve('dclint/package.json')), 'schemas')
    const check = new Ajv.default({ strict: false, validateFormats: false, validateSchema: false }).compile(
      JSON.parse(readFileSync(join(schemas, 'compose.schema.json'), 'utf8'))
    )
    expect(check(parse(textOf(name))), JSON.stringify(check.errors)).toBe(true)
  })

  it('names one version of every image', () => {
    for (const [, image] of textOf(name).matchAll(/image: (\S+)/g)) {
      if (image?.startsWith('$')) continue
      expect(image).toMatch(/^[a-z.]+\/[a-z]+\/[a-z-]+:[v\d][\w.-]*\d[\w.-]*$/)
      expect(image).not.toContain('latest')
    }
  })
})

describe('production', () => {
  it.each(services)('%s is kept small, closed and watched', (name, service) => {
    expect(at(service, 'read_only')).toBe(true)
    expect(listAt(service, 'cap_drop')).toEqual(['ALL'])
    expect(listAt(service, 'security_opt')).toEqual(['no-new-privileges:true'])
    expect(String(at(service, 'user'))).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(at(service, 'deploy', 'resources', 'limits', 'memory')).toBeDefined()
    expect(at(service, 'deploy', 'resources', 'limits', 'cpus')).toBeDefined()
    expect(at(service, 'deploy', 'resources', 'limits', 'pids')).toBeDefined()
    if (name !== 'migrate') expect(listAt(service, 'healthcheck', 'test').length).toBeGreaterThan(1)
    expect(at(service, 'privileged')).toBeUndefined()
    if (name !== 'nginx') expect(at(service, 'ports')).toBeUndefined()
  })

  it('has every service in both colours, and each finds its own', () => {
    for (const colour of ['blue', 'green']) {
      const gateway = services.find(([name]) => name === `gateway-${colour}`)?.[1]
      const urls = String(at(gateway, 'environment', 'SERVICE_URLS')).split(',')
      expect(urls.length).toBeGreaterThan(2)
      for (const url of urls) {
        const host = new URL(url.slice(url.indexOf('=') + 1)).hostname
        expect(host.endsWith(`-${colour}`)).toBe(true)
        expect(services.map(([name]) => name)).toContain(host)
      }
    }
  })

  it('has no secret in it, and a file for each that is named', () => {
    const folder = made()
    for (const [name, secret] of Object.entries(Object(at(production, 'secrets')))) {
      const file = join(folder, String(at(secret, 'file')))
      // There are replicas where somebody has made them.
      if (name === 'DATABASE_REPLICA_URL') {
        expect(readFileSync(file, 'utf8')).toBe('\n')
        continue
      }
      expect([name, readFileSync(file, 'utf8').trim().length > 5]).toEqual([name, true])
      expect(textOf('compose.production.yaml')).not.toContain(readFileSync(file, 'utf8').trim())
    }
    for (const [, service] of services)
      for (const [name, value] of Object.entries(Object(at(service, 'environment'))))
        if (/SECRET|PASSWORD|_URL/.test(name) && !['PUBLIC_URL', 'SERVICE_URLS'].includes(name))
          expect(String(value)).toMatch(/^\/run\/secrets\//)
  })

  it('makes secrets once, in a folder that is closed to others', () => {
    const folder = made()
    const before = readFileSync(join(folder, 'secrets/TOKEN_SECRET'), 'utf8')
    expect(before.trim()).toMatch(/^[0-9a-f]{64}$/)
    expect(run(folder).status).toBe(0)
    expect(readFileSync(join(folder, 'secrets/TOKEN_SECRET'), 'utf8')).toBe(before)
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(folder, 'secrets/REDIS_URL'), 'utf8')).toMatch(/^redis:\/\/:[0-9a-f]{64}@redis:6379\n$/)
  })

  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  const run = (folder: string) =>
    spawnSync('bash', [join(folder, 'make-secrets.sh')], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, SMTP_URL: 'smtps://user:password@mail.example.org' }
    })

  function made(): string {
    const folder = mkdtempSync(join(tmpdir(), 'lyceum-compose-'))
    folders.push(folder)
    writeFileSync(join(folder, 'make-secrets.sh'), textOf('make-secrets.sh'))
    const { status, stderr } = run(folder)
    expect(status, stderr).toBe(0)
    return folder
  }
})
