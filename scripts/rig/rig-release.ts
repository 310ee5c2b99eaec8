import { cpSync, globSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const NOT_LINKED = new Set(['.git', 'apps'])

/** What is wrong with a release, in the hands of whoever tries out what the release tool does about it. */
export interface Fault {
  /** Share of answers that become a 500, from 0 to 1. */
  readonly errors?: number
  /** Added to every answer. */
  readonly delayMs?: number
  /** How many times as long answers take. */
  readonly slowdown?: number
  /** Its processes end when they are started to serve. */
  readonly dies?: boolean
  /** Statements of a migration that this release brings along. */
  readonly migration?: string
}

interface Made {
  readonly name: string
  readonly schema: { readonly min: string; readonly max: string }
  readonly fault?: Fault
}

/** A release folder that runs the code of this repository under a name of its own, and can be given a fault. */
export function makeRelease(folder: string, { name, schema, fault = {} }: Made): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'apps/cli/bin'), { recursive: true })
  const bin = fault.migration === undefined ? linkCode(folder) : copyCode(folder, fault.migration)
  const commit = '0000000'
  const tests = { passed: true, commit, at: new Date().toISOString() }
  const max = fault.migration === undefined ? schema.max : `platform/${seededMigration()}`
  writeFileSync(join(folder, 'release.json'), JSON.stringify({ name, commit, schema: { ...schema, max }, tests }))
  writeFileSync(join(folder, 'apps/cli/bin/lyceum.mjs'), `${withFault(fault)}await import(${JSON.stringify(bin)})\n`)
  return folder
}

const COMMAND = 'apps/cli/bin/lyceum.mjs'
const link = (path: string, folder: string) => symlinkSync(join(REPOSITORY, path), join(folder, path))

/** Links are enough where nothing but the command differs. */
function linkCode(folder: string): string {
  for (const entry of readdirSync(REPOSITORY)) if (!NOT_LINKED.has(entry)) link(entry, folder)
  for (const entry of readdirSync(join(REPOSITORY, 'apps'))) if (entry !== 'cli') link(join('apps', entry), folder)
  return pathToFileURL(join(REPOSITORY, COMMAND)).href
}

/** The next of the platform: migrations are numbered without gaps. */
function seededMigration(): string {
  const there = globSync('platform/migrations/[0-9]*.sql', { cwd: REPOSITORY }).length
  return `${String(there + 1).padStart(4, '0')}-seeded`
}

/** A migration is found beside the code that looks for it, so that all of it is copied; packages of others stay links. */
function copyCode(folder: string, migration: string): string {
  const isOurs = (path: string) => !path.includes('/node_modules') && !path.includes('/apps/web/src')
  for (const part of ['platform', 'modules', 'client', 'apps'])
    cpSync(join(REPOSITORY, part), join(folder, part), { recursive: true, filter: isOurs })
  cpSync(join(REPOSITORY, 'package.json'), join(folder, 'package.json'))
  mkdirSync(join(folder, 'node_modules'))
  for (const entry of readdirSync(join(REPOSITORY, 'node_modules')))
    if (entry !== '@lyceum') link(join('node_modules', entry), folder)
  for (const own of globSync('{platform,client,modules/*,apps/*}/node_modules', { cwd: REPOSITORY })) link(own, folder)
  cpSync(join(REPOSITORY, 'node_modules/@lyceum'), join(folder, 'node_modules/@lyceum'), {
    recursive: true,
    verbatimSymlinks: true
  })
  writeFileSync(
    join(folder, `platform/migrations/${seededMigration()}.sql`),
    `-- phase: expand\n\n-- up\n${migration}\n\n-- down\nselect 1;\n`
  )
  cpSync(join(folder, COMMAND), join(folder, 'apps/cli/bin/product.mjs'))
  return './product.mjs'
}

/** Stands between the connection and the product; probes are spared, so that the release boots. */
function withFault({ errors = 0, delayMs = 0, slowdown = 1, dies = false }: Fault): string {
  if (dies) return `if (process.argv[2] === 'serve') process.exit(1)\n`
  if (errors === 0 && delayMs === 0 && slowdown === 1) return ''
  return `import { Server } from 'node:http'
const emit = Server.prototype.emit
Server.prototype.emit = function (name, request, response) {
  const probe = name !== 'request' || /^\\/(health|metrics|api\\/v1\\/ready)/.test(request.url)
  if (probe) return emit.apply(this, arguments)
  if (Math.random() < ${errors}) {
    const writeHead = response.writeHead
    response.writeHead = function (status, ...rest) { return writeHead.call(this, 500, ...rest) }
  }
  const since = performance.now()
  const end = response.end
  response.end = function (...rest) {
    const took = performance.now() - since
    setTimeout(() => end.apply(this, rest), ${delayMs} + took * ${slowdown - 1})
    return this
  }
  return emit.apply(this, arguments)
}
`
}
