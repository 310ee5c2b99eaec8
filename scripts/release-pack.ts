import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { allMigrations } from '@lyceum/server/migrations'
import { testsOf } from './test-record.ts'

/**
 * `npm run release:pack -- --name 1.4.0 --to release.tar.gz`: what is committed, with its packages installed and the web app
 * built, as one file that `lyceum releases add` takes. It says what `npm test` said of that commit in this folder;
 * `--tests-passed` says so for tests that ran elsewhere, as in a pipeline whose job before this one they are.
 * With `--image repository@sha256:…`: what says which image that is.
 */
const ROOT = fileURLToPath(new URL('../', import.meta.url))
const tell = (line: string) => void process.stderr.write(`${line}\n`)
const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()

const commit = git('rev-parse', 'HEAD')
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
const USAGE = `npm run release:pack -- [--name NAME] [--to FILE] [--image REPOSITORY@sha256:…] [--tests-passed]

Packs what is committed, with its packages and the web app, as one file for “lyceum releases add”.
  --name NAME       what the release is called; the version and the commit where it is left out
  --to FILE         where the file is written
  --image IMAGE     write only which image the release is
  --tests-passed    the tests of this commit passed elsewhere`
const { values } = readArguments()
const name = values.name ?? `${version}-${commit.slice(0, 8)}`
const to = resolve(values.to ?? (values.image === undefined ? `lyceum-${name}.tar.gz` : 'release.json'))
const tests = values['tests-passed'] ? { passed: true, commit, at: new Date().toISOString() } : testsOf(commit)
if (!tests) tell('Nobody ran “npm test” on this commit here; lyceum deploy will ask for it.')
if (git('status', '--porcelain') !== '') tell('There are changes that are not committed; they are left out.')

if (values.image === undefined) pack()
else writeFileSync(to, releaseFile({ image: values.image }))
process.stdout.write(`${to}\n`)

function readArguments() {
  try {
    const given = parseArgs({
      options: {
        name: { type: 'string' },
        to: { type: 'string' },
        image: { type: 'string' },
        'tests-passed': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false }
      }
    })
    if (!given.values.help) return given
    tell(USAGE)
    process.exit(0)
  } catch (error) {
    tell(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    process.exit(64)
  }
}

function pack(): void {
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-pack-'))
  try {
    const run = (command: string, ...args: string[]) =>
      execFileSync(command, args, { cwd: folder, stdio: ['ignore', 2, 2] })
    execFileSync('tar', ['-x', '-C', folder], {
      input: execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 1024 ** 3 })
    })
    tell('Installing packages…')
    run('npm', 'ci', '--no-audit', '--no-fund')
    tell('Building the web app…')
    run(join(folder, 'node_modules/.bin/node'), 'apps/cli/bin/lyceum.mjs', 'build')
    // What builds the web app does not run it.
    run('npm', 'prune', '--omit=dev', '--no-audit', '--no-fund')
    writeFileSync(join(folder, 'release.json'), releaseFile())
    mkdirSync(dirname(to), { recursive: true })
    run('tar', '-czf', to, '-C', folder, '.')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function releaseFile(more: { readonly image?: string } = {}): string {
  const release = { name, commit, schema: schemaRange(), ...(tests ? { tests } : {}), ...more }
  return `${JSON.stringify(release, null, 2)}\n`
}

/** This code needs what was added up to the last migration that adds, and knows of all up to the last. */
function schemaRange(): { readonly min: string; readonly max: string } {
  const migrations = allMigrations()
  const nameOf = (migration: (typeof migrations)[number] | undefined) =>
    migration === undefined ? '' : `${migration.module}/${migration.name}`
  return { min: nameOf(migrations.findLast(({ phase }) => phase !== 'contract')), max: nameOf(migrations.at(-1)) }
}
