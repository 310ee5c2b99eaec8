import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { defaultDeployment } from '../deployment.ts'
import { readModuleGraph } from '../module-graph.ts'
import { render } from '../render.ts'
import { listServices } from '../service.ts'
import { at, changed, kindOf, type Manifest, nameOf, podOf } from '../testing/manifest.ts'
import { mutations } from '../testing/mutations.ts'
import { policyFaults } from '../testing/policy.ts'
import { findProgram } from '../testing/program.ts'
import { schemaFault } from '../testing/schema.ts'
import { written } from '../testing/written.ts'

const kubectl = findProgram('kubectl')
const folder = written(render('kubernetes', defaultDeployment, readModuleGraph()))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What `kubectl apply -k` would send for one colour and all it stands on. */
function built(environment: string, colour: string): Manifest[] {
  return ['ground', 'traffic', 'migrate', colour].flatMap((part) => kustomized(environment, part))
}

const known = new Map<string, Manifest[]>()

function kustomized(environment: string, part: string): Manifest[] {
  const path = join(folder, `kubernetes/overlays/${environment}/${part}`)
  const before = known.get(path)
  if (before) return before
  const text = execFileSync(kubectl ?? '', ['kustomize', path], { encoding: 'utf8', maxBuffer: 16 * 1024 ** 2 })
  const manifests = parseAllDocuments(text).map((document): Manifest => document.toJS())
  known.set(path, manifests)
  return manifests
}

describe.skipIf(kubectl === undefined)('the manifests', () => {
  const environments = ['staging', 'production'].flatMap((environment) =>
    ['blue', 'green'].map((colour) => [environment, colour] as const)
  )

  it.each(environments)('of %s %s are what the API knows', (environment, colour) => {
    expect(built(environment, colour).map(schemaFault).filter(Boolean)).toEqual([])
  })

  it.each(environments)('of %s %s keep to the policy', (environment, colour) => {
    expect(policyFaults(built(environment, colour))).toEqual([])
  })

  it('have the resources of the table', () => {
    const of = (name: string) => {
      const found = built('production', 'blue').find(
        (each) => kindOf(each) === 'Deployment' && nameOf(each) === `${name}-blue`
      )
      return at(podOf(found ?? {}), 'spec', 'containers', 0, 'resources')
    }
    const usual = { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } }
    for (const name of ['gateway', 'user', 'course', 'notification']) expect([name, of(name)]).toEqual([name, usual])
    expect(of('file')).toEqual({ requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '500m', memory: '1Gi' } })
    const [assessment, live] = listServices([
      { name: 'assessment', asks: [] },
      { name: 'live-session', asks: [] }
    ]).slice(1)
    for (const service of [assessment, live])
      expect(service?.resources).toEqual({ cpu: { request: 500, limit: 1000 }, memory: { request: 512, limit: 1024 } })
  })

  it('keep each of their promises: whatever is taken away, the policy notices', () => {
    const manifests = built('production', 'blue')
    const mutants = manifests.flatMap((manifest) => mutations(manifest).map((mutation) => ({ manifest, ...mutation })))
    const survivors = mutants.filter(({ manifest, path, value }) => {
      const mutated = changed(manifest, path, value)
      return (
        schemaFault(mutated) === null &&
        policyFaults(manifests.map((each) => (each === manifest ? mutated : each))).length === 0
      )
    })
    process.stdout.write(`manifests: ${mutants.length - survivors.length} of ${mutants.length} mutants noticed\n`)
    expect(mutants.length).toBeGreaterThan(400)
    expect(survivors.map(({ manifest, path }) => `${kindOf(manifest)} ${nameOf(manifest)} ${path.join('.')}`)).toEqual(
      []
    )
  })

  it('notice a missing object, whichever it is', () => {
    const manifests = built('production', 'blue')
    const needed = manifests.filter(
      (each) =>
        ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Namespace', 'Gateway', 'HTTPRoute'].includes(
          kindOf(each)
        ) ||
        (kindOf(each) === 'NetworkPolicy' && /^(default-deny|names|visitors|to-)/.test(nameOf(each)))
    )
    const unnoticed = needed.filter((each) => policyFaults(manifests.filter((other) => other !== each)).length === 0)
    expect(unnoticed.map((each) => `${kindOf(each)} ${nameOf(each)}`)).toEqual([])
  })
})

describe('scaling before a peak', () => {
  const script = new URL('prescale.mjs', import.meta.url).pathname
  const account = mkdtempSync(join(tmpdir(), 'lyceum-account-'))
  afterAll(() => rmSync(account, { recursive: true, force: true }))

  it('asks for more replicas than usual and never for more than there may be', async () => {
    writeFileSync(join(account, 'token'), 'the token\n')
    writeFileSync(join(account, 'namespace'), 'lyceum\n')
    const asked: string[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => {
        body += String(part)
      })
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`)
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ items: [hpa('gateway-blue', 10), hpa('worker-blue', 4)] }))
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const run = (year: string) =>
      promisify(execFile)(process.execPath, [script], {
        env: {
          REPLICAS: '8',
          ONLY_IN: year,
          SELECTOR: 'app.kubernetes.io/part-of=lyceum',
          ACCOUNT_FOLDER: account,
          API_SERVER: `http://127.0.0.1:${port}`
        }
      })
    try {
      await run(String(new Date().getFullYear()))
      expect(asked).toEqual([
        'GET /apis/autoscaling/v2/namespaces/lyceum/horizontalpodautoscalers?labelSelector=app.kubernetes.io%2Fpart-of%3Dlyceum Bearer the token ',
        'PATCH /apis/autoscaling/v2/namespaces/lyceum/horizontalpodautoscalers/gateway-blue Bearer the token {"spec":{"minReplicas":8}}',
        'PATCH /apis/autoscaling/v2/namespaces/lyceum/horizontalpodautoscalers/worker-blue Bearer the token {"spec":{"minReplicas":4}}'
      ])
      asked.length = 0
      await run('1999')
      expect(asked).toEqual([])
    } finally {
      server.close()
    }
  })

  it('begins as long before the exam as was asked, in the zone of the school', () => {
    const files = render(
      'kubernetes',
      {
        ...defaultDeployment,
        leadMinutes: 90,
        peaks: [{ name: 'mocks', from: '2027-03-01T00:30', to: '2027-03-05T17:00', replicas: 6 }]
      },
      readModuleGraph()
    )
    const jobs = parseAllDocuments(files.find(({ path }) => path.endsWith('prescaling.yaml'))?.text ?? '')
      .map((document): Manifest => document.toJS())
      .filter((each) => kindOf(each) === 'CronJob')
    expect(jobs.map((job) => [nameOf(job), at(job, 'spec', 'schedule'), at(job, 'spec', 'timeZone')])).toEqual([
      ['mocks-begins', '0 23 28 2 *', 'Europe/Berlin'],
      ['mocks-ends', '0 17 5 3 *', 'Europe/Berlin']
    ])
  })
})

const hpa = (name: string, maxReplicas: number) => ({ metadata: { name }, spec: { maxReplicas } })
