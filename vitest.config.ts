import { existsSync, globSync, readFileSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { basename, join } from 'node:path'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { LongestFirst } from './scripts/longest-first.ts'

const TESTS = '{platform,modules,client,apps,test}/**/*.test.{ts,tsx}'

/**
 * The product runs as one process or as many (ADR 0015), and so do its tests: `TEST_SHAPE=services` gives every test that
 * starts a server a gateway with services behind it, `TEST_SHAPE=both` runs those tests twice.
 */
const shape = process.env.TEST_SHAPE ?? 'one-process'
const projects = [
  { name: 'one-process', include: [TESTS], env: { TEST_SHAPE: 'one-process' } },
  { name: 'services', include: startingServers(), env: { TEST_SHAPE: 'services' } }
].filter(({ name }) => shape === 'both' || shape === name)
if (projects.length === 0) throw new Error(`TEST_SHAPE=${shape}: use one-process, services or both.`)

// Tests start the product's own programs by the hundred; what Node compiled for one of them serves the next.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/lyceum')

// Tests make and remove databases of a thousand files each. Where there is memory for that, no disk has to keep them.
const MEMORY_DISK = '/dev/shm'
if (process.env.TMPDIR === undefined && hasRoom(MEMORY_DISK, 8 * 1024 ** 3)) process.env.TMPDIR = MEMORY_DISK

export default defineConfig({
  test: {
    globalSetup: ['apps/server/src/testing/global-setup.ts'],
    // Two cores are enough for a laptop and a small CI. Tests wait for a fifth of their time: in CI a third worker uses that.
    maxWorkers: process.env.CI ? 3 : 2,
    sequence: { sequencer: LongestFirst },
    projects: projects.map(
      (project): TestProjectInlineConfiguration => ({
        test: {
          ...project,
          pool: 'forks',
          // A worker loads the product once and not for every file; tests leave nothing behind in it.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // Tests that kill processes meet a busy machine in CI; one that passes again is reported as flaky, not as failed.
          retry: process.env.CI ? 2 : 0
        }
      })
    )
  }
})

/**
 * Tests that call `startTestServer`, or have a helper of `testing/` do it: what they see depends on the shape. Those that start
 * programs of their own beside it are about these.
 */
function startingServers(): string[] {
  const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')
  const find = (pattern: string) =>
    globSync(pattern, { cwd: import.meta.dirname, exclude: (name) => name === 'node_modules' })
  const start = 'startTestServer('
  const helpers = find('{platform,modules,apps,test}/**/testing/*.ts').filter((file) => read(file).includes(start))
  const signs = [start, ...helpers.map((file) => `/testing/${basename(file)}'`)]
  return find(TESTS).filter((file) => {
    const text = read(file)
    return signs.some((sign) => text.includes(sign)) && !text.includes("from 'node:child_process'")
  })
}

function hasRoom(folder: string, bytes: number): boolean {
  if (!existsSync(folder) || freemem() < 1.5 * bytes) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize >= bytes
}
