import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ModuleNode } from './service.ts'

const MODULES = fileURLToPath(new URL('../../../../modules/', import.meta.url))

/** The modules of this release and whom each asks, from where npm looks for it. */
export const readModuleGraph = (): ModuleNode[] =>
  globSync('*/package.json', { cwd: MODULES })
    .sort()
    .map((file) => {
      const manifest: unknown = JSON.parse(readFileSync(join(MODULES, file), 'utf8'))
      const dependencies =
        typeof manifest === 'object' && manifest !== null && 'dependencies' in manifest ? manifest.dependencies : {}
      return {
        name: file.split(/[\\/]/)[0] ?? '',
        asks: Object.keys(typeof dependencies === 'object' && dependencies !== null ? dependencies : {})
          .filter((name) => name.startsWith('@lyceum/'))
          .map((name) => name.replace('@lyceum/', ''))
      }
    })
