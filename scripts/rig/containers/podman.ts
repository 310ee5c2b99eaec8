import { spawnSync } from 'node:child_process'

/** Runs podman, or another program, to its end. @throws with what it said when it fails */
export function run(program: string, args: readonly string[], options: { readonly input?: string } = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    timeout: 10 * 60_000,
    ...options
  })
  if (error) throw error
  if (status !== 0)
    throw new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${status}: ${stderr.trim()}\n${stdout.trim()}`)
  return stdout
}

export const podman = (...args: string[]): string => run('podman', args)

/** What was tried and what came of it. */
export interface Ledger {
  try(what: string, work: () => void | Promise<void>): Promise<boolean>
  readonly passed: number
  readonly failed: number
}

export function openLedger(): Ledger {
  let [passed, failed] = [0, 0]
  return {
    get passed() {
      return passed
    },
    get failed() {
      return failed
    },
    try: async (what, work) => {
      try {
        await work()
        passed++
        process.stdout.write(`✓ ${what}\n`)
        return true
      } catch (error) {
        failed++
        process.stdout.write(`✗ ${what}\n  ${error instanceof Error ? error.message : String(error)}\n`)
        return false
      }
    }
  }
}
