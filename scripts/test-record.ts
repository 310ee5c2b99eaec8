import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const FILE = fileURLToPath(new URL('../node_modules/.cache/lyceum/tests.json', import.meta.url))
const TestRecord = Type.Object({ passed: Type.Boolean(), commit: Type.String(), at: Type.String() })

/** What the whole of `npm test` said of a commit, as `release.json` carries it. */
export type TestRecord = Static<typeof TestRecord>

const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()

/** Written down only for what is committed: nobody could release anything else. */
export function recordTests(passed: boolean): void {
  try {
    if (git('status', '--porcelain') !== '') return
    mkdirSync(dirname(FILE), { recursive: true })
    const record: TestRecord = { passed, commit: git('rev-parse', 'HEAD'), at: new Date().toISOString() }
    writeFileSync(FILE, JSON.stringify(record))
  } catch {
    // Sources without a repository: there is no commit to speak of.
  }
}

/** @returns undefined where this commit was not tested here as a whole */
export function testsOf(commit: string): TestRecord | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(FILE, 'utf8'))
    return Compile(TestRecord).Check(read) && read.commit === commit ? read : undefined
  } catch {
    return undefined
  }
}
