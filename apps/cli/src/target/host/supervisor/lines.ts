import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { TargetRefused } from '../../target-refused.ts'

/** How long a file is now; 0 where there is none. */
export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Lines of a file from a place on; from its beginning where it has become shorter than that. */
export async function* linesOfFile(path: string, from: number): AsyncIterable<string> {
  const size = sizeOf(path)
  if (size === 0) return
  yield* createInterface({ input: createReadStream(path, { start: size < from ? 0 : from }) })
}

/** Lines that a program prints. @throws TargetRefused with this code and what it said when it fails */
export async function* linesOfProgram(code: string, [program = '', ...args]: readonly string[]): AsyncIterable<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  ended.catch(() => undefined)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-1000)
  })
  yield* createInterface({ input: child.stdout })
  const [exit] = await ended.catch((error: unknown) => [error instanceof Error ? error.message : String(error)])
  if (exit !== 0) throw new TargetRefused(code, `“${[program, ...args].join(' ')}” failed: ${said.trim() || exit}`)
}
