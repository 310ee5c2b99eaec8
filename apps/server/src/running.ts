import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What another command on this machine needs to find the running product. */
export interface RunningProduct {
  /** On the loopback interface, whatever address people use. */
  readonly url: string
  readonly pid: number
}

const FILE = 'running.json'

export const announceRunning = (home: string, running: RunningProduct): void =>
  writeFileSync(join(home, FILE), JSON.stringify(running))

/** Another process of the same home may have said so since; that one goes on. */
export function forgetRunning(home: string): void {
  const found = findRunning(home)
  if (!found || found.pid === process.pid) rmSync(join(home, FILE), { force: true })
}

/** The product that runs from this home; undefined when none does, also after a crash that left the file behind. */
export function findRunning(home: string): RunningProduct | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(join(resolve(home), FILE), 'utf8'))
    if (typeof found !== 'object' || found === null || !('url' in found) || !('pid' in found)) return undefined
    const { url, pid } = found
    return typeof url === 'string' && typeof pid === 'number' && isAlive(pid) ? { url, pid } : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
