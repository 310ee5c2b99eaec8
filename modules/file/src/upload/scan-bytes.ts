import { spawn } from 'node:child_process'
import { once } from 'node:events'

export type Verdict =
  | { readonly outcome: 'clean' }
  | { readonly outcome: 'refused'; readonly reason: string }
  /** The scanner did not answer; ask again later and keep the file closed until then. */
  | { readonly outcome: 'undecided'; readonly reason: string }

/** Runs the operator's virus scanner on a file: exit 0 is clean, 1 infected, anything else no answer. */
export async function scanBytes(command: string | null, path: string, patienceMs: number): Promise<Verdict> {
  const [program, ...args] = command?.trim().split(/\s+/) ?? []
  if (!program) return { outcome: 'clean' }
  try {
    const scanner = spawn(program, [...args, path], { stdio: ['ignore', 'pipe', 'ignore'], timeout: patienceMs })
    let said = ''
    scanner.stdout.on('data', (chunk: Buffer) => {
      if (said.length < 2_000) said += chunk.toString('utf8')
    })
    const [code] = await once(scanner, 'close')
    if (code === 0) return { outcome: 'clean' }
    if (code === 1) return { outcome: 'refused', reason: reasonIn(said, path) }
    return { outcome: 'undecided', reason: `the virus scanner ended with ${code ?? 'a signal'}` }
  } catch (error) {
    return { outcome: 'undecided', reason: `the virus scanner did not start: ${String(error)}` }
  }
}

/** `/path/of/file: Eicar-Signature FOUND` → `Eicar-Signature FOUND`; nobody outside needs the path. */
function reasonIn(said: string, path: string): string {
  const line =
    said
      .replaceAll(path, '')
      .split('\n')
      .find((text) => text.trim() !== '') ?? ''
  return `the virus scanner found ${
    line
      .replace(/^[\s:]+/, '')
      .trim()
      .slice(0, 200) || 'something in it'
  }`
}
