import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BUDGET_KB, type FirstLoad, firstLoads } from '../scripts/first-load.ts'

const folder = mkdtempSync(join(tmpdir(), 'lyceum-first-load-'))
const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url))
let loads: readonly FirstLoad[] = []

beforeAll(async () => {
  const { build } = await import('vite')
  // A test runner's mode would leave React's large development code.
  const mode = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  await build({ configFile, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
  process.env.NODE_ENV = mode
  loads = firstLoads(pathToFileURL(`${folder}/`))
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['sign-in', 'dashboard'])('the first load of %s stays within its budget, in few files', (screen) => {
  const load = loads.find((one) => one.screen === screen)
  expect(load?.scriptKb).toBeGreaterThan(60)
  expect(load?.scriptKb, 'load something later').toBeLessThanOrEqual(BUDGET_KB)
  expect(load?.files.length, 'see chunks.ts').toBeLessThanOrEqual(14)
})
