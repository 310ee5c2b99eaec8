import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '@lyceum/server/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { defaultDeployment } from '../deployment.ts'
import { readModuleGraph } from '../module-graph.ts'
import { render } from '../render.ts'
import { yamlFile } from '../rendered-file.ts'
import { findProgram } from '../testing/program.ts'
import { metricsIn } from '../testing/promql.ts'
import { written } from '../testing/written.ts'
import { alertCases } from './alert-tests.ts'
import { alerts } from './alerts.ts'
import { dashboards } from './dashboards.ts'

const promtool = findProgram('promtool')
const amtool = findProgram('amtool')
const files = render('prometheus', defaultDeployment, readModuleGraph())
const folder = written(files)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const place = join(folder, 'prometheus')

describe.skipIf(promtool === undefined)('Prometheus', () => {
  const ask = (...args: string[]) => spawnSync(promtool ?? '', args, { cwd: place, encoding: 'utf8' })

  it('takes the configuration', () => {
    expect(ask('check', 'config', 'prometheus.yml')).toMatchObject({ status: 0 })
  })

  it('fires, stays silent and resolves as every case says', { timeout: 180_000 }, () => {
    const { status, stdout, stderr } = ask('test', 'rules', 'alerts.test.yml')
    expect(status, stdout + stderr).toBe(0)
  })

  it.each(alerts.filter(({ expr }) => mutated(expr) !== expr))(
    'would notice another threshold of $name',
    ({ name, expr }) => {
      const [rules, tests] = ['alerts.yml', 'alerts.test.yml'].map((file) =>
        parse(readFileSync(join(place, file), 'utf8'))
      )
      const rule = rules.groups[0].rules.find(({ alert }: { alert: string }) => alert === name)
      const alone = written([
        yamlFile('alerts.yml', { groups: [{ name: 'lyceum', rules: [{ ...rule, expr: mutated(expr) }] }] }),
        yamlFile('alerts.test.yml', {
          ...tests,
          tests: tests.tests.filter((test: { name: string }) => test.name.startsWith(`${name}:`))
        })
      ])
      const { status } = spawnSync(promtool ?? '', ['test', 'rules', 'alerts.test.yml'], {
        cwd: alone,
        encoding: 'utf8'
      })
      rmSync(alone, { recursive: true, force: true })
      expect(status).not.toBe(0)
    }
  )
})

/** The same rule with other numbers in it. */
const mutated = (expr: string): string =>
  expr.replaceAll(/ > ([0-9.]+)/g, (_, value: string) => ` > ${Number(value) * 3 + 3}`).replaceAll('== 0', '== 7')

it.skipIf(amtool === undefined)('Alertmanager takes the configuration', () => {
  expect(execFileSync(amtool ?? '', ['check-config', join(place, 'alertmanager.yml')], { encoding: 'utf8' })).toContain(
    'SUCCESS'
  )
})

describe('the rules', () => {
  it.each(alerts)('$name is tried while it fires, while it does not, and without its series', ({ name }) => {
    const cases = alertCases.filter(({ alert }) => alert === name)
    expect(cases.filter(({ fires }) => fires.length > 0).length).toBeGreaterThanOrEqual(1)
    expect(cases.filter(({ fires }) => fires.length === 0).length).toBeGreaterThanOrEqual(2)
  })

  it('are the five of the guide, at its numbers', () => {
    const of = (name: string) => alerts.find((alert) => alert.name === name)
    expect(of('LyceumErrors')).toMatchObject({ severity: 'critical', expr: expect.stringContaining('> 0.05') })
    expect(of('LyceumSlow')).toMatchObject({ severity: 'warning', expr: expect.stringMatching(/0\.95.*> 0\.5$/) })
    expect(of('LyceumRestarts')).toMatchObject({ severity: 'critical', expr: expect.stringContaining('> 3') })
    expect(of('LyceumDatabaseDown')).toMatchObject({ severity: 'critical' })
    expect(of('LyceumDiskFilling')).toMatchObject({ severity: 'warning', expr: expect.stringContaining('> 0.85') })
  })

  it.each(alerts)('$name leads to a paragraph that says what to do', ({ runbook }) => {
    const guide = readFileSync(new URL('../../../../../docs/operators/monitoring.md', import.meta.url), 'utf8')
    expect(guide).toMatch(new RegExp(`^### ${runbook}$`, 'm'))
  })
})

describe('what is asked for', () => {
  let server: TestServer
  let measured: Set<string>

  beforeAll(async () => {
    server = await startTestServer()
    const { body } = await server.app.inject('/metrics')
    measured = new Set(
      [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram'
          ? [`${name}_bucket`, `${name}_count`, `${name}_sum`]
          : type === 'summary'
            ? [`${name}_count`, `${name}_sum`]
            : [name]
      )
    )
  })
  afterAll(() => server?.close())

  /** Made by Prometheus and by its exporter for machines. */
  const ofOthers = ['up', 'node_filesystem_avail_bytes', 'node_filesystem_size_bytes']

  it.each(
    dashboards.flatMap(({ title, panels }) => panels.map((panel) => ({ ...panel, name: `${title}, ${panel.title}` })))
  )('by $name is measured', ({ queries }) => {
    const asked = Object.values(queries).flatMap(metricsIn)
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter((name) => !measured.has(name) && !ofOthers.includes(name))).toEqual([])
  })

  it.each(alerts)('by $name is measured', ({ expr }) => {
    expect(metricsIn(expr).filter((name) => !measured.has(name) && !ofOthers.includes(name))).toEqual([])
  })

  it('for growing and shrinking is measured', () => {
    expect(measured.has('lyceum_jobs')).toBe(true)
  })
})
