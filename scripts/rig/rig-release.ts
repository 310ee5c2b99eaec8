import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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
}

/**
 * A release folder that runs the code of this repository under a name of its own: everything is a link but the command,
 * which can be given a fault.
 */
export function makeRelease(
  folder: string,
  {
    name,
    schema,
    fault = {}
  }: { readonly name: string; readonly schema: { readonly min: string; readonly max: string }; readonly fault?: Fault }
): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'apps/cli/bin'), { recursive: true })
  const link = (path: string) => symlinkSync(join(REPOSITORY, path), join(folder, path))
  for (const entry of readdirSync(REPOSITORY)) if (!NOT_LINKED.has(entry)) link(entry)
  for (const entry of readdirSync(join(REPOSITORY, 'apps'))) if (entry !== 'cli') link(join('apps', entry))
  const commit = '0000000'
  const tests = { passed: true, commit, at: new Date().toISOString() }
  const release = { name, commit, schema, tests }
  writeFileSync(join(folder, 'release.json'), JSON.stringify(release))
  const command = pathToFileURL(join(REPOSITORY, 'apps/cli/bin/lyceum.mjs')).href
  writeFileSync(
    join(folder, 'apps/cli/bin/lyceum.mjs'),
    `${withFault(fault)}await import(${JSON.stringify(command)})\n`
  )
  return folder
}

/** Stands between the connection and the product; probes are spared, so that the release boots. */
const withFault = ({ errors = 0, delayMs = 0 }: Fault): string =>
  errors === 0 && delayMs === 0
    ? ''
    : `import { Server } from 'node:http'
const emit = Server.prototype.emit
Server.prototype.emit = function (name, request, response) {
  const probe = name !== 'request' || /^\\/(health|metrics|api\\/v1\\/ready)/.test(request.url)
  if (probe) return emit.apply(this, arguments)
  const wrong = Math.random() < ${errors}
  if (wrong) {
    const writeHead = response.writeHead
    response.writeHead = function (status, ...rest) { return writeHead.call(this, 500, ...rest) }
  }
  setTimeout(() => emit.apply(this, arguments), ${delayMs})
  return true
}
`
