import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Clock } from '@lyceum/platform/clock'
import { afterEach, describe, expect, it } from 'vitest'
import { faultsIn } from '../../release/facts/log-faults.ts'
import { command, deploy, exitCodeOf, type Operation } from '../../release/operate.ts'
import type { Plan } from '../../release/run/plan.ts'
import type { Run } from '../../release/run/run.ts'
import { planOf, worksOf } from '../../release/testing/rehearsal.ts'
import { newWorld } from '../../release/testing/simulated-target.ts'
import { at, listAt } from '../../render/manifest.ts'
import { kubernetesJournals } from './journal.ts'
import { kubernetesLock } from './lease.ts'
import { type Installation, imageOf, RELEASES, ROUTE, release, startInstallation } from './testing/installation.ts'

const started: Installation[] = []
afterEach(async () => {
  for (const installation of started.splice(0)) await installation.close()
})
const installed = async (options = {}) => {
  const installation = await startInstallation(options)
  started.push(installation)
  return installation
}

class Killed extends Error {}

/** Everything a release is made with, journal and lock in the cluster; the tool dies when so many lines were written. */
function operationAt({ target, api, settings, releaseAt }: Installation, time: { now: number }, dieAfter = Infinity) {
  const clock: Clock = { now: () => new Date(time.now) }
  let lines = 0
  const frontDoor = worksOf(() => newWorld())
  const operation: Operation = {
    target,
    works: {
      ...frontDoor,
      expand: async ({ release: { name } }) =>
        (await target.shelf?.ask(name, ['migrate', 'up', '--json']))?.out ?? 'no shelf',
      notAtFrontDoor: async (name) => {
        const seen = await target.observe()
        if (seen.percent > 0 || seen.colours[seen.stable].release === name) throw new Error(`${name} still answers`)
      },
      health: async (address, name) => {
        if (releaseAt(`gateway-${address.split('/').at(-1)}`) !== name) throw new Error(`not ${name}`)
      }
    },
    journals: kubernetesJournals(api, settings),
    lock: kubernetesLock(api, settings, clock, `host-${time.now}`),
    clock,
    by: 'ada',
    sleep: async (ms) => {
      time.now += ms
    },
    lookEveryMs: 10_000,
    tell: () => {
      if (++lines >= dieAfter) throw new Killed()
    },
    notify: async () => undefined,
    record: async () => undefined
  }
  return operation
}

const plan = (given: Partial<Plan> = {}): Plan =>
  planOf({ release: release('r2'), previous: release('r1'), holdMs: 20_000, bakeMs: 20_000, minSamples: 200, ...given })

const begun = () => ({ now: Date.parse('2026-03-01T02:00:00Z') })

/** UPDATE_RECORDINGS=1 writes them anew; whoever does that reads what has changed. */
function expectRecording(name: string, recording: string): void {
  const file = fileURLToPath(new URL(`recordings/${name}.txt`, import.meta.url))
  if (process.env.UPDATE_RECORDINGS === '1') writeFileSync(file, recording)
  expect(recording).toBe(readFileSync(file, 'utf8'))
}

const ends = async ({ target }: Installation) => {
  const { stable, percent, colours } = await target.observe()
  return [stable, percent, colours.blue.release, colours.green.release]
}

describe('a release in a cluster, call by call', () => {
  it.each(['blue-green', 'canary', 'rolling'] as const)('%s goes through', async (strategy) => {
    const installation = await installed()
    const run = await deploy(operationAt(installation, begun()), plan({ strategy }))
    expect(run.outcome).toEqual({ kind: 'released' })
    expect(await ends(installation)).toEqual(
      strategy === 'rolling' ? ['blue', 0, 'r2', null] : ['green', 0, null, 'r2']
    )
    expectRecording(strategy, installation.recording())
  })

  it('takes a release back that answers with errors, and the pods of the other were never touched', async () => {
    const installation = await installed()
    installation.cluster.faults.set(imageOf('r2'), { errorRate: 0.05 })
    const run = await deploy(operationAt(installation, begun()), plan())
    expect(run.outcome?.kind).toBe('aborted')
    expect(await ends(installation)).toEqual(['blue', 0, 'r1', null])
    const recording = installation.recording()
    expect(recording).not.toMatch(/PATCH deployments\/\w+-blue/)
    expectRecording('abort', recording)
  })

  it('ends without having sent anybody to a release that does not come up', async () => {
    const installation = await installed()
    installation.cluster.faults.set(imageOf('r2'), { neverReady: true })
    const run = await deploy(operationAt(installation, begun()), plan())
    expect(run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringContaining('timed out progressing') })
    expect(await ends(installation)).toEqual(['blue', 0, 'r1', null])
    expect(installation.recording()).not.toMatch(/gateway-blue \d+, gateway-green [1-9]/)
  })

  it('takes pods back one after another when a rolling release is bad', async () => {
    const installation = await installed()
    installation.cluster.faults.set(imageOf('r2'), { errorRate: 0.05 })
    const run = await deploy(operationAt(installation, begun()), plan({ strategy: 'rolling' }))
    expect(run.outcome?.kind).toBe('aborted')
    expect(await ends(installation)).toEqual(['blue', 0, 'r1', null])
  })
})

describe('a tool that is killed', () => {
  const died = async (strategy: Plan['strategy'], after: number, then: 'resume' | 'abort') => {
    const installation = await installed({ services: ['gateway', 'worker'] })
    const time = begun()
    const killed = deploy(operationAt(installation, time, after), plan({ strategy, weights: [50, 100] }))
    let run: Run | undefined = await killed.catch((error: unknown) => {
      if (error instanceof Killed) return undefined
      throw error
    })
    if (run === undefined) {
      // The Lease runs out before somebody else takes over.
      time.now += 61_000
      const operation = operationAt(installation, time)
      try {
        run = (await command(operation, then === 'abort' ? 'abort' : null, '')).run
      } catch {
        // Too late to go back.
        run = (await command(operation, null, '')).run
      }
    }
    return { run, installation }
  }

  it.each(['resume', 'abort'] as const)(
    'at any line of the journal: %s in another process ends it well',
    async (then) => {
      for (let after = 1; after < 60; after += 7) {
        const { run, installation } = await died('canary', after, then)
        expect([0, 4], `${after}: ${JSON.stringify(run.outcome)}`).toContain(exitCodeOf(run))
        const wanted = run.outcome?.kind === 'released' ? ['green', 0, null, 'r2'] : ['blue', 0, 'r1', null]
        expect(await ends(installation), String(after)).toEqual(wanted)
        if (then === 'resume') expect(run.outcome?.kind, String(after)).toBe('released')
      }
    },
    120_000
  )

  it('takes back what the killed tool had rolled', async () => {
    const { run, installation } = await died('rolling', 9, 'abort')
    expect(run.outcome?.kind).toBe('aborted')
    expect(await ends(installation)).toEqual(['blue', 0, 'r1', null])
  })
})

describe('an API that has a bad day', () => {
  it('is asked again: busy, gone for a moment, silent, an answer lost, a version that was too old', async () => {
    const installation = await installed()
    installation.mishaps.push(
      { where: /GET .*deployments$/, what: { status: 429, retryAfter: 0 }, times: 2 },
      { where: /GET .*pods$/, what: { status: 410, reason: 'Expired' }, times: 1 },
      { where: /GET .*deployments$/, what: { status: 503 }, times: 2 },
      { where: /PATCH .*gateway-green/, what: 'silence', times: 1 },
      { where: /PUT .*httproutes/, what: 'cut', times: 1 },
      { where: /PUT .*httproutes/, what: { status: 409, reason: 'Conflict' }, times: 2 },
      { where: /POST .*jobs/, what: 'cut', times: 1 },
      { where: /PUT .*configmaps\/lyceum-journal/, what: 'cut', times: 3 },
      { where: /PUT .*leases/, what: 'cut', times: 2 }
    )
    const operation = operationAt(installation, begun())
    const run = await deploy(operation, plan({ strategy: 'blue-green' }))
    expect(run.outcome).toEqual({ kind: 'released' })
    expect(installation.mishaps.map(({ times }) => times)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0])
    // No line was lost, and none was written twice when its answer was.
    const entries = await operation.journals.open('run-1').entries()
    const lines = entries.map((entry) => JSON.stringify(entry))
    expect(new Set(lines).size).toBe(lines.length)
    expect(entries.filter(({ type }) => type === 'planned')).toHaveLength(1)
  })

  it('that stays away is named, and so is one that forbids it', async () => {
    const { target, mishaps } = await installed()
    mishaps.push({ where: /GET .*httproutes/, what: { status: 403, reason: 'Forbidden' }, times: 1 })
    await expect(target.observe()).rejects.toThrow(/403.*Apply overlays\/<environment>\/tool/)
    mishaps.push({ where: /GET .*httproutes/, what: 'silence', times: 99 })
    await expect(target.observe()).rejects.toThrow(/does not answer.*try again/)
  })

  it('whose Gateway knows no expressions gets its route back, and nobody is moved', async () => {
    const { target, cluster } = await installed()
    cluster.refusesRoutes = true
    await expect(target.boot('green', release('r2'))).rejects.toThrow(/put back.*UnsupportedValue/)
    expect(JSON.stringify(cluster.get(ROUTE))).not.toContain('RegularExpression')
  })
})

describe('what is refused', () => {
  it('anybody sent to pods of which some are not ready', async () => {
    const { target, cluster } = await installed()
    await target.boot('green', release('r2'))
    const pod = cluster
      .under('/api/v1/namespaces/lyceum/pods')
      .find((one) => String(at(one, 'metadata', 'name')).startsWith('course-green'))
    cluster.faults.set(imageOf('r2'), { neverReady: true })
    cluster.put(`/api/v1/namespaces/lyceum/pods/${at(pod, 'metadata', 'name')}`, { ...pod, status: {} })
    cluster.drop(`/api/v1/namespaces/lyceum/pods/${at(pod, 'metadata', 'name')}`)
    await expect(target.shift(10)).rejects.toThrow(/course-green not ready/)
  })

  it('stopping what serves, what gets a share, and what somebody is pinned to', async () => {
    const { target, cluster } = await installed()
    await target.boot('green', release('r2'))
    await expect(target.retire('blue')).rejects.toThrow(/what serves/)
    await target.shift(25)
    await expect(target.retire('green')).rejects.toThrow(/25 %/)
    await target.shift(0)
    cluster.pins.set('r2', 3)
    await expect(target.retire('green')).rejects.toThrow(/3 people are kept on r2 until 2026/)
    cluster.pins.delete('r2')
    await target.retire('green')
    expect((await target.observe()).colours.green).toEqual({ release: null, instances: [] })
  })

  it('a release of which no image is known, and one that is there already', async () => {
    const { target, cluster } = await installed()
    await expect(target.boot('green', release('r9'))).rejects.toThrow(/releases add/)
    const file = fileURLToPath(new URL('testing/release.json', import.meta.url))
    expect((await target.shelf?.add(file))?.name).toBe('r7')
    await expect(target.shelf?.add(file)).rejects.toThrow(/never changes/)
    expect((await target.releases()).map(({ name }) => name)).toEqual(['r7', 'r2', 'r1'])
    await target.shelf?.remove('r7')
    expect(Object.keys(Object(at(cluster.get(RELEASES), 'data')))).toEqual(['r1', 'r2'])
  })
})

it('tells what the pods of a colour have written', async () => {
  const { target, cluster } = await installed()
  const line = JSON.stringify({ level: 'error', time: 'T', msg: 'no mail' })
  cluster.faults.set(imageOf('r1'), { log: `{"level":"info"}\n${line}\n` })
  const found = await faultsIn(target.log?.('blue') ?? expect.fail('no log'), [])
  // Two pods of each of three processes.
  expect(found).toEqual({ errors: 6, fatal: 0, first: ['T no mail'] })
  expect(await faultsIn(target.log?.('green') ?? expect.fail('no log'), [])).toMatchObject({ errors: 0 })
})

it('promotes without a new pod', async () => {
  const { target, cluster } = await installed()
  await target.boot('green', release('r2'))
  await target.shift(100)
  const names = () => cluster.under('/api/v1/namespaces/lyceum/pods').map((pod) => at(pod, 'metadata', 'name'))
  const before = names()
  await target.promote()
  expect(names()).toEqual(before)
  expect(
    listAt(listAt(cluster.get(ROUTE), 'spec', 'rules').at(-1), 'backendRefs').map((ref) => at(ref, 'weight'))
  ).toEqual([0, 10_000])
})

it('boots as many as serve now, and tells of everybody', async () => {
  const { target, api } = await installed()
  await api.patch('/apis/apps/v1/namespaces/lyceum/deployments/course-blue', { spec: { replicas: 4 } })
  await target.boot('green', release('r2'))
  await target.boot('green', release('r2'))
  const { instances } = (await target.observe()).colours.green
  expect(instances.filter(({ id }) => id.startsWith('course-green'))).toHaveLength(4)
  expect(instances.filter(({ id }) => id.startsWith('gateway-green'))).toHaveLength(2)
  expect(instances.every(({ ready }) => ready)).toBe(true)
})

it('lets autoscalers keep more before exams, and as many as usual after them', async () => {
  const { target, recording } = await installed({ services: ['gateway', 'worker'] })
  const all = ['gateway-blue', 'worker-blue', 'gateway-green', 'worker-green']
  expect(await target.scale?.(8)).toEqual(all)
  expect(await target.scale?.(8)).toEqual([])
  expect(await target.scale?.(99)).toEqual(all)
  expect(await target.scale?.(2)).toEqual(all)
  expectRecording('scale', recording())
})
