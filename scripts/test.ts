import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { provideChromium } from './chromium.ts'
import { recordTests } from './test-record.ts'

/**
 * `npm test`: types, lint, architecture, then every unit, integration and browser test. Its last line counts. Arguments
 * are handed to Vitest, and then the checks are left out: `npm test -- modules/course`.
 */
const filters = process.argv.slice(2)
const tell = (line: string) => process.stderr.write(`${line}\n`)

const checks: readonly (readonly [string, readonly string[]])[] = [
  ['types of the server', ['tsc', '--noEmit']],
  ['types of the web app', ['tsc', '--noEmit', '-p', 'apps/web']],
  ['types of the browser tests', ['tsc', '--noEmit', '-p', 'test/e2e']],
  ['lint', ['biome', 'check', '.']],
  ['architecture', ['depcruise', 'platform', 'modules', 'client', 'apps']]
]

let passed = 0
let failed = 0
let skipped = 0

if (filters.length === 0) {
  for (const [name, [command = '', ...args]] of checks) {
    tell(`— ${name}`)
    if (spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' }).status === 0) passed++
    else failed++
  }
}

const chromium = provideChromium(tell)
if ('missing' in chromium) tell(`Browser tests are skipped and counted. ${chromium.missing}`)

const folder = mkdtempSync(join(tmpdir(), 'lyceum-counts-'))
const counts = join(folder, 'counts.json')
const { status } = spawnSync(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${counts}`, ...filters],
  {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...('path' in chromium ? { CHROMIUM_PATH: chromium.path } : {}) }
  }
)
const report: unknown = JSON.parse(readFileSync(counts, 'utf8'))
rmSync(folder, { recursive: true, force: true })
const count = (name: string): number => {
  const value: unknown = typeof report === 'object' && report !== null ? Reflect.get(report, name) : undefined
  return typeof value === 'number' ? value : 0
}
passed += count('numPassedTests')
failed += count('numFailedTests')
skipped += count('numPendingTests') + count('numTodoTests')
// A file that could not even be loaded counts no test, but it failed.
if (status !== 0 && failed === 0) failed = Math.max(1, count('numFailedTestSuites'))

if (filters.length === 0) recordTests(failed === 0)
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
process.exit(failed === 0 && status === 0 ? 0 : 1)
