import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fileJournals } from './journal/journal.ts'
import { unfinished } from './operate.ts'
import { replay } from './run/run.ts'
import { inFile } from './testing/simulated-target.ts'

const CHILD = fileURLToPath(new URL('./testing/release-child.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'lyceum-release-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let lines = 0

beforeAll(async () => {
  const { exit, out } = await child('whole', 'deploy')
  expect(exit).toBe(0)
  lines = out.written
})

it('has a line before and after everything it does', () => {
  expect(lines).toBeGreaterThan(20)
})

it.each(['resume', 'abort'])(
  'killed after any line of its journal, a release can be told to %s',
  async (action) => {
    const ends: string[] = []
    for (let line = 1; line < lines; line++) {
      const place = `${action}-${line}`
      expect(await child(place, 'deploy', String(line)), place).toMatchObject({ signal: 'SIGKILL' })
      const journals = fileJournals(join(folder, place, 'journal'))
      const before = await unfinished(journals)
      if (!before) continue
      const first = await child(place, action)
      // While the old release is being stopped there is no way back; the release is finished instead.
      const isTooLate = first.out.outcome === 'release.command-refused'
      if (isTooLate) expect(replay(await journals.open('run-1').entries())?.retiring, place).toBe(true)
      const { exit, out } = isTooLate ? await child(place, 'resume') : first
      const { stable, percent, colours } = inFile(join(folder, place, 'world.json')).read()
      ends.push(`${out.outcome} ${exit}`)
      expect(percent, place).toBe(0)
      if (out.outcome === 'released') {
        expect([stable, colours.green.release, colours.blue.release], place).toEqual(['green', 'r2', null])
      } else {
        expect([stable, colours.blue.release, colours.green.release], place).toEqual(['blue', 'r1', null])
        expect(colours.blue.instances.every(({ ready }) => ready)).toBe(true)
      }
      expect(await unfinished(journals)).toBeUndefined()
    }
    const wanted = action === 'resume' ? 'released 0' : 'aborted 4'
    expect(ends.filter((end) => end !== wanted)).toEqual(action === 'resume' ? [] : ['released 0'])
    expect(ends.length).toBeGreaterThan(20)
  },
  600_000
)

interface Child {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: { readonly outcome: string; readonly written: number }
}

async function child(place: string, ...args: string[]): Promise<Child> {
  const process_ = spawn(process.execPath, [CHILD, join(folder, place), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [exit, signal]] = await Promise.all([
    text(process_.stdout),
    text(process_.stderr),
    once(process_, 'exit')
  ])
  if (err !== '') throw new Error(err)
  return { exit, signal, out: out === '' ? { outcome: '', written: 0 } : JSON.parse(out) }
}
