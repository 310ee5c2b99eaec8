import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const WEB = fileURLToPath(new URL('../../web/', import.meta.url))
export const WEB_DIST = join(WEB, 'dist')
const STAMP = join(WEB_DIST, '.built-from')

/** What the built web app is made of; a folder that ships without sources counts as built. */
const SOURCES = [
  'apps/web/src',
  'apps/web/public',
  'apps/web/index.html',
  'apps/web/vite.config.ts',
  'apps/web/chunks.ts',
  'client/src',
  'package-lock.json'
]
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Builds the web app when there is none or its sources changed since. @returns whether it built */
export async function ensureWebBuild(tell: (line: string) => void): Promise<boolean> {
  if (isWebBuildCurrent()) return false
  tell('Building the web app (once, and after changes to it)…')
  await buildWeb()
  writeFileSync(STAMP, digestSources())
  return true
}

export function isWebBuildCurrent(): boolean {
  if (!existsSync(STAMP)) return false
  return !existsSync(join(WEB, 'src')) || readFileSync(STAMP, 'utf8') === digestSources()
}

/** Builds apps/web into its dist folder: for browsers, and in `.server` what draws the first screens for them here. */
export async function buildWeb(): Promise<void> {
  const { build } = await import('vite')
  // Vite heeds what whoever started us had in mind; a test runner's `test` would leave React's slow development code.
  const mode = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    const given = { root: WEB, configFile: join(WEB, 'vite.config.ts'), logLevel: 'error' } as const
    await build(given)
    await build({ ...given, build: { ssr: 'src/draw.tsx' } })
  } finally {
    if (mode === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = mode
  }
  await compressFolder(WEB_DIST)
}

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

/** Compressed copies beside every text file that browsers ask for. */
async function compressFolder(folder: string): Promise<void> {
  const files = await readdir(folder, { recursive: true })
  for (const file of files.filter(
    (name) => !name.startsWith('.') && /\.(?:js|css|html|svg|json|webmanifest)$/.test(name)
  )) {
    const bytes = await readFile(join(folder, file))
    if (bytes.length < 1024) continue
    await writeFile(
      join(folder, `${file}.br`),
      await toBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } })
    )
    await writeFile(join(folder, `${file}.gz`), await toGzip(bytes, { level: 9 }))
  }
}

function digestSources(): string {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    const path = join(ROOT, source)
    if (!existsSync(path)) continue
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' })
          .sort()
          .map((name) => join(path, name))
      : [path]
    for (const file of files)
      if (statSync(file).isFile()) hash.update(file.slice(ROOT.length)).update(readFileSync(file))
  }
  return hash.digest('hex')
}
