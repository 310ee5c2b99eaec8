import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import { REPOSITORY } from './rig-release.ts'
import type { Rig } from './start-rig.ts'

/** A line of `-o json`, as far as somebody who waits for a step needs it. */
export interface ToolLine {
  readonly ts: string
  readonly type: string
  readonly step: string
  readonly line: string
}

export interface ToolRun {
  readonly exitCode: number | null
  readonly lines: readonly ToolLine[]
  /** What people are told. */
  readonly said: string
}

/** What a release on a server of one's own is tried with: minutes become seconds, and nobody has made backups. */
export const HASTE: readonly string[] = [
  ...[
    '--step-hold',
    '3s',
    '--bake',
    '3s',
    '--min-samples',
    '50',
    '--max-p95',
    '10s',
    '--max-slowdown',
    '50',
    '--max-hold',
    '60s'
  ],
  ...['--waive-backup', '--reason', 'a server for trying things out, without backups']
]

/** The release tool as an operator starts it on the server: a process of its own, with the server's settings. */
export async function releaseTool(
  rig: Pick<Rig, 'root' | 'settings'>,
  args: readonly string[],
  hear: (line: ToolLine, kill: (signal: NodeJS.Signals) => void) => void = () => undefined
): Promise<ToolRun> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(REPOSITORY, 'apps/cli/bin/lyceum.mjs'),
      ...args,
      ...['--root', rig.root, '--look-every', '1s', '-o', 'json']
    ],
    {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ...parseEnv(readFileSync(rig.settings.environment, 'utf8')),
        ...(rig.settings.door.ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: rig.settings.door.ca })
      },
      stdio: ['ignore', 'pipe', 'pipe']
    }
  )
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const saying = text(child.stderr)
  const lines: ToolLine[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const read: unknown = JSON.parse(line)
    const of = (name: string) => String((typeof read === 'object' && read !== null && Reflect.get(read, name)) || '')
    const heard = { ts: of('ts'), type: of('type'), step: of('step'), line }
    lines.push(heard)
    hear(heard, (signal) => child.kill(signal))
  }
  return { exitCode: await ended, lines, said: await saying }
}
