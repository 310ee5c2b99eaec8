import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { UserConfig } from 'vite'

/**
 * One configuration for `vite build` and for the development server, which mounts Vite in middleware mode; so `root` is
 * absolute and does not depend on where the process was started.
 */
const config: UserConfig = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // A phone on a bad line pays for every byte; whoever debugs has the sources.
    sourcemap: false,
    reportCompressedSize: false
  },
  server: { host: '127.0.0.1' }
}

export default config
