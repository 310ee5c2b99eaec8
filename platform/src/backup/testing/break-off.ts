import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Installation } from './installation.ts'

const RUN = fileURLToPath(new URL('run.ts', import.meta.url))

export interface Job {
  readonly task: 'restore' | 'full' | 'incr' | 'verify'
  readonly environment: Readonly<Record<string, string>>
  readonly identity: string
  readonly ownerUrl: string
  readonly into: string
}

/** Restores in a process that is killed, as by `kill -9`, as soon as something is there; its PostgreSQL lives on. */
export async function breakOff(school: Installation, into: string, after: string): Promise<void> {
  await runAndKill({ ...jobOf(school), task: 'restore', into }, () => existsSync(join(into, after)))
}

/** Makes a set in a process that is killed when a moment has come. @returns false where it was done before */
export async function breakOffBackup(
  school: Installation,
  task: 'full' | 'incr',
  when: () => boolean
): Promise<boolean> {
  return runAndKill({ ...jobOf(school), task, into: '' }, when)
}

/** Tries the newest set out in a process that is killed when a moment has come; its PostgreSQL lives on. */
export async function breakOffVerification(school: Installation, when: () => boolean): Promise<boolean> {
  return runAndKill({ ...jobOf(school), task: 'verify', into: '' }, when)
}

const jobOf = ({ environment, identity, ownerUrl }: Installation) => ({ environment, identity, ownerUrl })

async function runAndKill(job: Job, when: () => boolean): Promise<boolean> {
  const child = spawn(process.execPath, [RUN, JSON.stringify(job)], { stdio: ['ignore', 'ignore', 'inherit'] })
  const gone = once(child, 'exit')
  while (child.exitCode === null && !when()) await sleep(1)
  const wasRunning = child.exitCode === null
  child.kill('SIGKILL')
  await gone
  return wasRunning
}
