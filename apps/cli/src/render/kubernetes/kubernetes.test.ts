import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { defaultDeployment } from '../deployment.ts'
import { at, changed, kindOf, type Manifest, nameOf, podOf } from '../manifest.ts'
import { readModuleGraph } from '../module-graph.ts'
import { render } from '../render.ts'
import { listServices } from '../service.ts'
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
  return ['ground', 'traffic', 'tool', 'migrate', colour].flatMap((part) => kustomized(environment, part))
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
