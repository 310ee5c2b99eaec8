import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { answer, table } from '../terminal.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

/** The module graph as npm sees it: what each workspace names in its package.json. */
export function modulesCommand(): Command {
  return new Command('modules')
    .description('what the product is made of, and which part needs which')
    .option('--json', 'as {modules: [{name, folder, needs}]}')
    .addHelpText('after', '\nExamples:\n  $ lyceum modules')
    .action(({ json }: { json?: boolean }) => {
      const modules = globSync('{platform,modules/*,client,apps/*}/package.json', { cwd: ROOT })
        .map((file) => ({ folder: file.replace(/[\\/]package\.json$/, ''), ...readNeeds(join(ROOT, file)) }))
        .sort((a, b) => a.needs.length - b.needs.length || a.name.localeCompare(b.name))
      answer(json, { modules }, () =>
        table(
          modules.map(({ name, needs }) => [name, needs.length > 0 ? `needs ${needs.join(', ')}` : 'needs nothing'])
        )
      )
    })
}

function readNeeds(file: string): { name: string; needs: string[] } {
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const found = typeof manifest === 'object' && manifest !== null ? manifest : {}
  const dependencies =
    'dependencies' in found && typeof found.dependencies === 'object' && found.dependencies !== null
      ? found.dependencies
      : {}
  const short = (name: string) => name.replace('@lyceum/', '')
  return {
    name: 'name' in found ? short(String(found.name)) : file,
    needs: Object.keys(dependencies)
      .filter((name) => name.startsWith('@lyceum/'))
      .map(short)
  }
}
