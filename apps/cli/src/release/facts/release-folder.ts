import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import Type, { type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Known, known, type Ledger, unknown } from '../gate/gate.ts'
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

/** What the build wrote about the tests of a release. */
export function readTests(root: string, name: string): Known<Static<typeof Tests>['tests']> {
  const file = join(releaseFolder(root, name), 'release.json')
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Compile(Tests).Check(value) ? known(value.tests) : unknown(`${file} says nothing about tests`)
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error))
  }
}

/** Asked of the release itself: only it knows its migrations. */
export async function readLedger(root: string, name: string): Promise<Known<Ledger>> {
  const status = await ask(root, name, ['migrate', 'status', '--json'], Status)
  if (!status.known) return status
  const { applied, pending, foreign } = status.value
  return known({
    applied: applied.map((one) => ({ name: one.name, phase: '' })),
    pending,
    foreign: foreign.map((one) => `${one.name} ${one.why}`)
  })
}

export async function readLint(root: string, name: string): Promise<Known<readonly string[]>> {
  const lint = await ask(root, name, ['migrate', 'lint', '--json'], Lint)
  return lint.known ? known(lint.value.findings.map(({ file, rule, message }) => `${file} ${rule}: ${message}`)) : lint
}

/** What this release finds wrong with the settings that are in force here. */
export async function readSettingFaults(root: string, name: string): Promise<Known<readonly string[]>> {
  const checked = await ask(root, name, ['config', 'check', '--json'], Type.Union([Ok, Refusal]))
  if (!checked.known) return checked
  return known('error' in checked.value ? [checked.value.error.message] : [])
}

/** Adds to the schema what the release needs, by the release's own hand. */
export async function expandSchema(root: string, name: string): Promise<string> {
  const done = await ask(root, name, ['migrate', 'up', '--json'], Applied)
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
  root: string,
  name: string,
  args: readonly string[],
  schema: Answer
): Promise<Known<Static<Answer>>> {
  const program = join(releaseFolder(root, name), 'apps/cli/bin/lyceum.mjs')
  if (!existsSync(program)) return unknown(`there is no ${program}`)
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  try {
    const value: unknown = JSON.parse(out)
    if (Compile(schema).Check(value)) return known(value)
    const said = Compile(Refusal).Check(value) ? value.error.message : out
    return unknown(`${args.join(' ')}: ${said}`)
  } catch {
    return unknown(`${args.join(' ')}: ${err.trim() || out.trim() || 'no answer'}`)
  }
}
