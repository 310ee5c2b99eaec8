import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import Type, { type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Known, known, type Ledger, unknown } from '../gate/gate.ts'
import type { Shelf } from '../target.ts'
import { releaseFolder } from './folders.ts'

const Tests = Type.Object({ tests: Type.Object({ passed: Type.Boolean(), commit: Type.String(), at: Type.String() }) })
const Status = Type.Object({
  applied: Type.Array(Type.Object({ name: Type.String() })),
  pending: Type.Array(Type.Object({ name: Type.String(), phase: Type.String() })),
  foreign: Type.Array(Type.Object({ name: Type.String(), why: Type.String() }))
})
const Lint = Type.Object({
  findings: Type.Array(Type.Object({ file: Type.String(), rule: Type.String(), message: Type.String() }))
})
const Ok = Type.Object({ ok: Type.Literal(true) })
const Refusal = Type.Object({ error: Type.Object({ message: Type.String() }) })
const Applied = Type.Object({ applied: Type.Array(Type.String()) })

/** What is asked of a release, and what it is asked by: it lies in a folder on this machine, or is an image somewhere. */
type Asked = Pick<Shelf, 'ask' | 'describe'>

/** Releases in folders under the root. */
export const folderReleases = (root: string): Asked => ({
  describe: async (name) => JSON.parse(readFileSync(join(releaseFolder(root, name), 'release.json'), 'utf8')),
  ask: async (name, args) => {
    const program = join(releaseFolder(root, name), 'apps/cli/bin/lyceum.mjs')
    if (!existsSync(program)) throw new Error(`there is no ${program}`)
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { out, err }
  }
})

/** What the build wrote about the tests of a release. */
export async function readTests(asked: Asked, name: string): Promise<Known<Static<typeof Tests>['tests']>> {
  try {
    const value = await asked.describe(name)
    return Compile(Tests).Check(value)
      ? known(value.tests)
      : unknown(`release.json of ${name} says nothing about tests`)
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error))
  }
}

/** Asked of the release itself: only it knows its migrations. */
export async function readLedger(asked: Asked, name: string): Promise<Known<Ledger>> {
  const status = await ask(asked, name, ['migrate', 'status', '--json'], Status)
  if (!status.known) return status
  const { applied, pending, foreign } = status.value
  return known({
    applied: applied.map((one) => ({ name: one.name, phase: '' })),
    pending,
    foreign: foreign.map((one) => `${one.name} ${one.why}`)
  })
}

export async function readLint(asked: Asked, name: string): Promise<Known<readonly string[]>> {
  const lint = await ask(asked, name, ['migrate', 'lint', '--json'], Lint)
  return lint.known ? known(lint.value.findings.map(({ file, rule, message }) => `${file} ${rule}: ${message}`)) : lint
}

/** What this release finds wrong with the settings that are in force here. */
export async function readSettingFaults(asked: Asked, name: string): Promise<Known<readonly string[]>> {
  const checked = await ask(asked, name, ['config', 'check', '--json'], Type.Union([Ok, Refusal]))
  if (!checked.known) return checked
  return known('error' in checked.value ? [checked.value.error.message] : [])
}

/** Adds to the schema what the release needs, by the release's own hand. */
export async function expandSchema(asked: Asked, name: string): Promise<string> {
  const done = await ask(asked, name, ['migrate', 'up', '--json'], Applied)
  if (!done.known) throw new Error(done.why)
  const { applied } = done.value
  return applied.length === 0 ? 'nothing to add' : `added ${applied.join(', ')}`
}

/** Names of the migrations that lie in a release, as in the ledger. */
export const migrationsIn = (root: string, name: string): string[] =>
  globSync('{platform,modules/*}/migrations/*.sql', { cwd: releaseFolder(root, name) })
    .map((file) =>
      file
        .replaceAll('\\', '/')
        .replace(/^modules\//, '')
        .replace('/migrations/', '/')
        .replace(/\.sql$/, '')
    )
    .sort()

async function ask<Answer extends TSchema>(
  asked: Asked,
  name: string,
  args: readonly string[],
  schema: Answer
): Promise<Known<Static<Answer>>> {
  const said = await asked.ask(name, args).catch((error: unknown) => ({
    out: '',
    err: error instanceof Error ? error.message : String(error)
  }))
  try {
    const value: unknown = JSON.parse(said.out)
    if (Compile(schema).Check(value)) return known(value)
    const why = Compile(Refusal).Check(value) ? value.error.message : said.out
    return unknown(`${args.join(' ')}: ${why}`)
  } catch {
    return unknown(`${args.join(' ')}: ${said.err.trim() || said.out.trim() || 'no answer'}`)
  }
}
