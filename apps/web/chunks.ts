import { fileURLToPath } from 'node:url'
import type { Rolldown } from 'vite'

const SRC = fileURLToPath(new URL('./src/', import.meta.url))

/** The files that begin each of the first screens; what both need is in the app's own chunk. */
const screens = {
  app: ['main.tsx'],
  home: ['shell/frame.tsx', 'features/learn/dashboard-page.tsx'],
  door: ['features/auth/sign-in-page.tsx']
}

/**
 * The first load in few files: every file costs a phone a request with its headers, and small ones hardly compress.
 * A group also takes what its modules need and no group before it has.
 */
export const chunkGroups: Rolldown.CodeSplittingGroup[] = [
  {
    name: 'start',
    test: /\/src\/(?:start|breathe|reload|renewal|served|tell-server|warm-up|locale\/files)\.ts$|preload-helper|rolldown\/runtime/
  },
  { name: 'react', test: /\/node_modules\/(?:react|react-dom|scheduler)\// },
  // Changes with its own releases only: whoever comes back after one of ours has it still.
  {
    name: 'vendor',
    test: /\/node_modules\/(?:react-router|react-i18next|i18next|@tanstack\/(?:react-query|query-core))\//
  },
  { name: wordsOf, debugName: 'words' },
  { name: screenOf, debugName: 'screens' }
]

/** The words of the two first screens and of everything that stands around a screen, in one file for each language. */
function wordsOf(id: string): string | null {
  const language = /\/src\/locale\/(\w+)\/(?:shell|ui|problem|auth|learn)\.json$/.exec(id)?.[1]
  return language === undefined ? null : `words-${language}`
}

function screenOf(id: string, graph: Rolldown.ChunkingContext): string | null {
  const needs = (roots: readonly string[]) => needsOf(roots, graph).has(id)
  const [app, home, door] = [needs(screens.app), needs(screens.home), needs(screens.door)]
  if (app || (home && door)) return 'app'
  if (home) return 'home'
  return door ? 'door' : null
}

const CONTENTS = /\/node_modules\/.*\/index\.m?js$/
const known = new Map<string, ReadonlySet<string>>()

/**
 * What these import, and what that imports in turn; what is imported when needed does not count. Not through a package's
 * table of contents, which would lead to everything the package has.
 */
function needsOf(roots: readonly string[], graph: Rolldown.ChunkingContext): ReadonlySet<string> {
  const key = roots.join()
  const before = known.get(key)
  if (before) return before
  const found = new Set<string>()
  const queue = roots.map((root) => SRC + root)
  for (const id of queue) {
    if (found.has(id) || CONTENTS.test(id)) continue
    found.add(id)
    queue.push(...(graph.getModuleInfo(id)?.importedIds ?? []))
  }
  known.set(key, found)
  return found
}
