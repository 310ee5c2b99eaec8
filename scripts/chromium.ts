import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/** The Chromium of this machine: `CHROMIUM_PATH`, or the first on the path. */
export function findChromium(): string | undefined {
  const given = process.env.CHROMIUM_PATH
  if (given) return existsSync(given) ? given : undefined
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path))
}

/** Finds Chromium, or installs Debian's where that is possible. @returns what to do by hand where it is not */
export function provideChromium(tell: (line: string) => void): { path: string } | { missing: string } {
  const found = findChromium()
  if (found) return { path: found }
  const debian = spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0
  if (debian && process.getuid?.() === 0) {
    tell('Installing Chromium for the browser tests (apt-get install chromium)…')
    try {
      execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
      execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
        stdio: 'ignore',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
      })
    } catch {
      return { missing: 'Chromium could not be installed: run `apt-get install chromium`, or set CHROMIUM_PATH.' }
    }
    const installed = findChromium()
    if (installed) return { path: installed }
  }
  return {
    missing: `Chromium is missing: ${debian ? 'run `sudo apt-get install chromium`' : 'install it'}, or set CHROMIUM_PATH.`
  }
}

/** For a browser that only ever opens the product: nothing of its own goes over the network. */
export const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
] as const
