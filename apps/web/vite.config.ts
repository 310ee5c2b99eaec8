import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { HtmlTagDescriptor, Plugin, Rolldown, UserConfig } from 'vite'
import { chunkGroups } from './chunks.ts'

/**
 * One configuration for `vite build` and for the development server, which mounts Vite in middleware mode; so `root` is
 * absolute and does not depend on where the process was started.
 */
const config: UserConfig = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), fetchAppEarly()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // A phone on a bad line pays for every byte; whoever debugs has the sources.
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: chunkGroups }
      }
    }
  },
  server: { host: '127.0.0.1' }
}

/** Links in `index.html` to what every screen is made of, so that it travels while the first picture is drawn. */
function fetchAppEarly(): Plugin {
  return {
    name: 'fetch-app-early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) => {
        const app = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === 'app')
        const chunks = app?.type === 'chunk' ? withImports(app, bundle) : []
        const styles = new Set(chunks.flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]))
        return [
          ...chunks.map(({ fileName }) => link({ rel: 'modulepreload', href: fileName })),
          ...[...styles].map((href) => link({ rel: 'preload', as: 'style', href }))
        ]
      }
    }
  }
}

const link = ({ href, ...attributes }: { rel: string; as?: string; href: string }): HtmlTagDescriptor => ({
  tag: 'link',
  // Low: the first picture needs none of it.
  attrs: { ...attributes, crossorigin: true, fetchpriority: 'low', href: `/${href}` },
  injectTo: 'head'
})

function withImports(
  chunk: Rolldown.OutputChunk,
  bundle: Rolldown.OutputBundle,
  found = new Set<Rolldown.OutputChunk>()
): Rolldown.OutputChunk[] {
  found.add(chunk)
  for (const name of chunk.imports) {
    const next = bundle[name]
    if (next?.type === 'chunk' && !found.has(next)) withImports(next, bundle, found)
  }
  return [...found]
}

export default config
