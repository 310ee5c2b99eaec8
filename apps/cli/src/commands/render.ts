import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Argument, Command } from 'commander'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { type Deployment, defaultDeployment, readDeployment } from '../render/deployment.ts'
import { findDrift } from '../render/drift.ts'
import { readModuleGraph } from '../render/module-graph.ts'
import { deploymentFile, isRenderKind, render, renderKinds } from '../render/render.ts'
import type { RenderedFile } from '../render/rendered-file.ts'
import { answer, table, tell } from '../terminal.ts'

const ALL = 'all'
const DEPLOYMENT = 'deployment'

/** `lyceum config render`: everything that surrounds the product, from one file. */
export function renderCommand(): Command {
  return new Command('render')
    .description('write what surrounds the product: containers, manifests, units, proxies, monitoring')
    .addArgument(new Argument('<kind>', 'what to render').choices([...renderKinds, DEPLOYMENT, ALL]))
    .option('--from <file>', 'deployment.yaml of your installation; without it the defaults are rendered')
    .option('--image <name>', 'repository@sha256:… to run, instead of what the file says')
    .option('--into <folder>', 'write the files there, each kind into a folder of its own')
    .option('--json', 'as {files: [{path, text}]}')
    .addHelpText(
      'after',
      `
The same deployment.yaml gives the same bytes. Nothing secret is written: secrets are named, and read from files.

Examples:
  $ lyceum config render deployment > deployment.yaml        the file to change
  $ lyceum config render kubernetes --from deployment.yaml --into deploy
  $ lyceum config render nginx                               to standard output`
    )
    .action(
      (kind: string, { from, image, into, json }: { from?: string; image?: string; into?: string; json?: boolean }) => {
        const files =
          kind === DEPLOYMENT
            ? [{ path: 'deployment.yaml', text: deploymentFile() }]
            : rendered(kind, withImage(read(from), image))
        if (into === undefined) {
          answer(json, { files }, () => printed(files))
          return
        }
        for (const { path, text } of files) {
          const file = join(into, path)
          mkdirSync(dirname(file), { recursive: true })
          writeFileSync(file, text, text.startsWith('#!') ? { mode: 0o755 } : {})
        }
        answer(json, { files: files.map(({ path }) => path) }, () => `${files.length} files in ${into}`)
      }
    )
}

/** `lyceum diff`: does the folder say what the configuration says? */
export function diffCommand(): Command {
  return new Command('diff')
    .description('where deployed files are not what `lyceum config render` writes; exits with 2 when they differ')
    .addArgument(new Argument('[kind]', 'look at this kind only').choices([...renderKinds, ALL]).default(ALL))
    .option('--from <file>', 'deployment.yaml of your installation; without it the defaults')
    .option('--against <folder>', 'the folder that `--into` wrote', 'deploy')
    .option('--json', 'as {drift: [{file, line, expected, found}]}')
    .addHelpText('after', '\nExamples:\n  $ lyceum diff --from deployment.yaml --against deploy\n  $ lyceum diff nginx')
    .action((kind: string, { from, against, json }: { from?: string; against: string; json?: boolean }) => {
      const files = rendered(kind, read(from))
      const drift = findDrift(against, files)
      answer(json, { drift }, () =>
        drift.length === 0
          ? `${files.length} files in ${against} are as rendered.`
          : table(
              drift.map(({ file, line, expected, found }) => [
                `${file}:${line}`,
                found === null ? 'missing' : `found “${found}”`,
                `rendered “${expected}”`
              ])
            )
      )
      if (drift.length === 0) return
      if (!json) tell('Render again to undo the change, or put it into deployment.yaml.')
      process.exitCode = exitCodes.pending
    })
}

const rendered = (kind: string, deployment: Deployment): RenderedFile[] => {
  const modules = readModuleGraph()
  return renderKinds
    .filter((each) => kind === ALL || each === kind)
    .filter(isRenderKind)
    .flatMap((each) => render(each, deployment, modules))
}

function withImage(deployment: Deployment, image: string | undefined): Deployment {
  if (image === undefined) return deployment
  const [repository = '', digest = ''] = image.split('@')
  return readDeployment(JSON.stringify({ ...deployment, image: { repository, digest } }))
}

function read(file: string | undefined): Deployment {
  if (file === undefined) return defaultDeployment
  try {
    return readDeployment(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new CommandFailed(
        'render.no-deployment',
        `There is no ${file}. Make one: lyceum config render deployment > ${file}`
      )
    throw error
  }
}

const printed = (files: readonly RenderedFile[]): string =>
  files.length === 1 ? (files[0]?.text ?? '') : files.map(({ path, text }) => `##### ${path}\n${text}`).join('\n')
