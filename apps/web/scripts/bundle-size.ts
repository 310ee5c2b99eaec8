import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/**
 * Prints what a first visit loads, compressed as the server sends it: the static imports of the entry and of the chunks
 * a screen needs, with the language files. Fails when the JavaScript of a screen exceeds its budget.
 */
const BUDGET_KB = 180
const dist = new URL('../dist/', import.meta.url)

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

const manifest: Record<string, Chunk> = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const words = (...names: string[]) => names.map((name) => `src/locale/en/${name}.json`)

const screens = {
  'sign-in': [
    'index.html',
    'src/main.tsx',
    'src/features/auth/sign-in-page.tsx',
    ...words('shell', 'ui', 'problem', 'auth')
  ],
  dashboard: [
    'index.html',
    'src/main.tsx',
    'src/shell/frame.tsx',
    'src/features/learn/dashboard-page.tsx',
    ...words('shell', 'ui', 'problem', 'learn')
  ]
}

for (const [screen, roots] of Object.entries(screens)) {
  const files = new Set<string>()
  for (const root of roots) collect(root, files)
  const sizes = [...files].map((file) => ({ file, kb: gzipSync(readFileSync(new URL(file, dist))).length / 1024 }))
  const sum = (ending: string) =>
    sizes.filter(({ file }) => file.endsWith(ending)).reduce((total, { kb }) => total + kb, 0)
  const script = sum('.js')
  console.log(`${screen}: ${script.toFixed(1)} kB of JavaScript, ${sum('.css').toFixed(1)} kB of CSS`)
  for (const { file, kb } of sizes.toSorted((one, other) => other.kb - one.kb))
    console.log(`  ${kb.toFixed(1).padStart(6)}  ${file}`)
  if (script > BUDGET_KB) {
    console.error(`${screen} is over its budget of ${BUDGET_KB} kB: load something later.`)
    process.exitCode = 1
  }
}

function collect(name: string, files: Set<string>): void {
  const chunk = manifest[name]
  if (!chunk) throw new Error(`The build has no ${name}; run \`vite build\` in apps/web first.`)
  if (files.has(chunk.file)) return
  files.add(chunk.file)
  for (const file of chunk.css ?? []) files.add(file)
  for (const next of chunk.imports ?? []) collect(next, files)
}
