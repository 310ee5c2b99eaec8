import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { ConfigEnv, HtmlTagDescriptor, Plugin, Rolldown, UserConfig } from 'vite'
import { chunkGroups } from './chunks.ts'

/**
 * One configuration for `vite build` and for the development server, which mounts Vite in middleware mode; so `root` is
 * absolute and does not depend on where the process was started.
 */
const EAGER = ['react', 'vendor', 'app', 'home', 'door']
const config = ({ isSsrBuild }: Pick<ConfigEnv, 'isSsrBuild'>): UserConfig => ({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), fetchAppEarly()],
  build: {
    outDir: isSsrBuild ? 'dist/.server' : 'dist',
    emptyOutDir: true,
    manifest: !isSsrBuild,
    copyPublicDir: !isSsrBuild,
    target: 'es2022',
    // A phone on a bad line pays for every byte; whoever debugs has the sources.
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        postBanner: ({ name }) => (EAGER.includes(name) ? '//# allFunctionsCalledOnLoad\n' : ''),
        codeSplitting: { groups: isSsrBuild ? [] : chunkGroups }
      }
    }
  },
  ...(isSsrBuild ? { define: { 'process.env.NODE_ENV': '"production"' }, ssr: { noExternal: true } } : {}),
  server: { host: '127.0.0.1' }
})

/** Links in `index.html` to what every screen is made of, so that all of it travels at once. */
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
        return [...chunks.map(({ fileName }) => later(fileName)), ...[...styles].map((href) => stylesSoon(href))]
      }
    }
  }
}

const stylesSoon = (href: string): HtmlTagDescriptor => ({
  tag: 'link',
  attrs: { rel: 'preload', as: 'style', crossorigin: true, fetchpriority: 'low', href: `/${href}` },
  injectTo: 'head'
})

/** `start.ts` makes it a preload once there is a picture: on a thin line the code would hold up the styles. */
const later = (href: string): HtmlTagDescriptor => ({
  tag: 'link',
  attrs: { 'data-later': true, crossorigin: true, href: `/${href}` },
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
