import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../apps/cli/src/main.ts', import.meta.url))

export interface ProductProcess {
  readonly child: ChildProcess
  readonly url: string
  readonly port: number
  readonly home: string
  readonly startedMs: number
  /** Waits for the process to end. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export const temporaryHome = (name: string): string => mkdtempSync(join(tmpdir(), `lyceum-${name}-`))
export const removeHome = (home: string): void => rmSync(home, { recursive: true, force: true })

/** The product as an operator starts it, in a process and a home of its own. */
export async function startProductProcess(options: {
  readonly home: string
  readonly port: number
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}): Promise<ProductProcess> {
  const { home, port, args = ['start'], env = {} } = options
  const started = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    env: { ...process.env, PORT: String(port), LYCEUM_HOME: home, LOG_LEVEL: 'warn', LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = `http://localhost:${port}`
  while (!(await answers(`${url}/api/v1/ready`))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The product did not start:\n${output}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return {
    child,
    url,
    port,
    home,
    startedMs: Math.round(performance.now() - started),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      await ended
    }
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false
  )
