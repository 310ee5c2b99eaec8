import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Migration } from '@lyceum/platform/migration'
import type { Finding } from './lint.ts'

/** Rules of squawk that our own say better, or that do not fit how migrations run here. */
const LEFT_OUT = [
  'require-concurrent-index-creation',
  'prefer-robust-stmts',
  'prefer-bigint-over-int',
  'prefer-bigint-over-smallint',
  'prefer-identity',
  'prefer-text-field',
  'require-timeout-settings',
  'ban-drop-table',
  'ban-drop-column',
  'renaming-column',
  'renaming-table',
  'adding-not-nullable-field',
  'adding-required-field',
  'changing-column-type'
]

/** What squawk finds in the migrations' way up; undefined where it is not installed. */
export async function runSquawk(migrations: readonly Migration[]): Promise<Finding[] | undefined> {
  const program = findSquawk()
  if (program === undefined) return undefined
  const findings: Finding[] = []
  for (const migration of migrations) findings.push(...(await lintOne(program, migration)))
  return findings
}

function findSquawk(): string | undefined {
  const { resolve } = createRequire(import.meta.url)
  try {
    const cli = createRequire(resolve('squawk-cli/package.json'))
    const folder = dirname(cli.resolve(`@squawk-cli/${process.platform}-${process.arch}/package.json`))
    return join(folder, 'bin', process.platform === 'win32' ? 'squawk.exe' : 'squawk')
  } catch {
    return undefined
  }
}

async function lintOne(program: string, { up, file, upLine, inTransaction }: Migration): Promise<Finding[]> {
  const child = spawn(
    program,
    [
      '--reporter=json',
      '--pg-version=14.0',
      `--exclude=${LEFT_OUT.join(',')}`,
      ...(inTransaction ? ['--assume-in-transaction'] : []),
      '--stdin-filepath=up.sql'
    ],
    { stdio: ['pipe', 'pipe', 'ignore'] }
  )
  child.stdin.end(up)
  const output = await text(child.stdout)
  return readReport(output).map(({ line, rule, message, help }) => ({
    file: relative('.', file),
    line: upLine + line,
    rule: `squawk/${rule}`,
    message,
    remedy: help || `See https://squawkhq.com/docs/${rule}`
  }))
}

interface Reported {
  /** From 0. */
  readonly line: number
  readonly rule: string
  readonly message: string
  readonly help: string
}

function readReport(output: string): Reported[] {
  if (output.trim() === '') return []
  const found: unknown = JSON.parse(output)
  if (!Array.isArray(found)) return []
  return found.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('rule_name' in one) || !('line' in one)) return []
    const message = 'message' in one ? String(one.message) : ''
    const help = 'help' in one && one.help !== null ? String(one.help) : ''
    return [{ line: Number(one.line), rule: String(one.rule_name), message, help }]
  })
}
