import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { defaultDeployment } from '../deployment.ts'
import { readModuleGraph } from '../module-graph.ts'
import { render } from '../render.ts'
import { written } from '../testing/written.ts'

const folder = written(render('kubernetes', defaultDeployment, readModuleGraph()))
const bin = mkdtempSync(join(tmpdir(), 'lyceum-kubectl-'))
const log = join(bin, 'log')
afterAll(() => {
  for (const made of [folder, bin]) rmSync(made, { recursive: true, force: true })
})
beforeEach(() => rmSync(log, { force: true }))

/** Stands for a cluster in which green serves; `broken` names a deployment that does not come up. */
function roll(environment: string, broken = 'none') {
  const kubectl = join(bin, 'kubectl')
  writeFileSync(
    kubectl,
    `#!/usr/bin/env bash
echo "$*" >> ${log}
case "$*" in
  *"get httproute"*) printf 'stable=green,limit=0,blue=,green=r1' ;;
  *"rollout status"*deployment/${broken}-*) grep -q "rollout undo" ${log} ;;
esac
`
  )
  chmodSync(kubectl, 0o755)
  const { status, stderr } = spawnSync('bash', [join(folder, 'kubernetes/roll.sh'), environment], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` }
  })
  return { status, stderr, calls: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [] }
}

it('rolls the colour that serves, after the schema, and leaves the weights alone', () => {
  const { status, calls } = roll('production')
  expect(status).toBe(0)
  expect(calls.filter((call) => call.startsWith('apply'))).toEqual([
    'apply -k ground',
    'apply -k migrate',
    'apply -k green'
  ])
  expect(calls.findIndex((call) => call.includes('wait --for=condition=complete'))).toBeLessThan(
    calls.indexOf('apply -k green')
  )
  expect(calls.filter((call) => call.includes('rollout undo'))).toEqual([])
  expect(calls.every((call) => call.startsWith('apply') || call.startsWith('--namespace lyceum '))).toBe(true)
})

it('goes back with all of them when one does not come up, and says so', () => {
  const { status, calls, stderr } = roll('staging', 'course')
  expect(status).toBe(4)
  expect(stderr).toContain('course did not come up')
  expect(calls.filter((call) => call.includes('rollout undo')).length).toBeGreaterThan(5)
  expect(calls.every((call) => call.startsWith('apply') || call.startsWith('--namespace lyceum-staging '))).toBe(true)
})
