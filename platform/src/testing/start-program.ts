import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program that a test started, and can stop at any moment. */
export interface Program {
  /** Keeps its connections and answers nothing, as a machine that hangs. */
  freeze(): void
  thaw(): void
  /** Ends it, as `kill -9` does unless it was given another way. */
  kill(): Promise<void>
  /** Starts it again; resolves when it answers. */
  start(): Promise<void>
  /** Ends it for good; its folder goes with it. */
  close(): Promise<void>
}

export interface ProgramOptions {
  readonly command: string
  readonly args?: readonly string[]
  /** Made by the caller; removed with the program. */
  readonly folder: string
  /** Whether it does its work by now; asked again and again. */
  readonly answers: () => Promise<boolean>
  /** `detached` makes signals reach its children as well. */
  readonly spawn?: Pick<SpawnOptions, 'env' | 'uid' | 'gid' | 'cwd' | 'detached'>
  readonly ending?: NodeJS.Signals
}

/** @throws when it ends before it answers */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { command, args = [], folder, answers, ending = 'SIGKILL' } = options
  let child: ChildProcess | undefined
  const signal = (name: NodeJS.Signals): void => {
    if (child?.pid === undefined || hasEnded(child)) return
    process.kill(options.spawn?.detached ? -child.pid : child.pid, name)
  }
  const start = async (): Promise<void> => {
    const started = spawn(command, args, { ...options.spawn, stdio: 'ignore' })
    child = started
    await once(started, 'spawn')
    while (!(await answers())) {
      if (hasEnded(started)) throw new Error(`${command} ended before it answered. Start it by hand in ${folder}.`)
      await sleep(50)
    }
  }
  const kill = async (): Promise<void> => {
    if (!child || hasEnded(child)) return
    const gone = once(child, 'exit')
    signal(ending)
    await gone
  }
  await start()
  return {
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    kill,
    start,
    close: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

/** Whether somebody listens there. */
export const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
