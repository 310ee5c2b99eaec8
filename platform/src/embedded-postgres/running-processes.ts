import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, join, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemErrorCode } from './embedded-postgres-error.ts'

/** What the file postmaster.pid in a data directory says. */
export interface PostmasterFile {
  readonly pid: number
  readonly port: number
  /** `starting`, `ready`, `standby` or `stopping`. */
  readonly status: string
}

/** Reads postmaster.pid; undefined when there is none or it is not complete. */
export function readPostmasterFile(data: string): PostmasterFile | undefined {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  const pid = Number.parseInt(lines[0] ?? '', 10)
  const port = Number.parseInt(lines[3] ?? '', 10) || 0
  return pid > 0 ? { pid, port, status: lines[7]?.trim() ?? '' } : undefined
}

/**
 * Whether a process is a living PostgreSQL on this very data directory. A process id alone proves nothing: after a
 * crash or a restart of the machine the same id may be anybody's, and a zombie keeps its id.
 */
export function isPostgresOn(data: string, pid: number): boolean {
  if (process.platform === 'linux') return programDirectories(pid, 'postgres').includes(data)
  try {
    if (process.platform === 'win32') {
      return execFileSync('tasklist', ['/FI', `PID eq ${pid}`, '/NH'], { encoding: 'utf8' }).includes('postgres.exe')
    }
    const command = execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
    return command.includes('postgres') && command.includes(data)
  } catch {
    return false
  }
}

/** Whether a process that was once known to be PostgreSQL on this data directory has ended; cheap enough to poll. */
export function hasEnded(data: string, pid: number): boolean {
  return process.platform === 'linux' ? !isPostgresOn(data, pid) : !isAlive(pid)
}

/** Whether any process has this id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemErrorCode(error) === 'EPERM'
  }
}

/** Ends, at once, every process that works inside a directory: remains of an initdb or of a server whose head died. */
export async function killProcessesIn(directory: string): Promise<void> {
  const deadline = performance.now() + 5000
  let remaining = processesIn(directory)
  while (remaining.length > 0 && performance.now() < deadline) {
    for (const pid of remaining) sendSignal(pid, 'SIGKILL')
    await sleep(20)
    remaining = processesIn(directory)
  }
}

/** Sends a signal; a process that is gone already is none to complain about. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    return
  }
}

function processesIn(directory: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .filter((pid) =>
      [...programDirectories(pid, 'postgres'), ...programDirectories(pid, 'initdb')].some(
        (path) => path === directory || path.startsWith(directory + sep)
      )
    )
}

/**
 * The directories a process works on, when it is the program named; none for a zombie. Its command line says it for
 * the head of a server, its current directory for the workers, whose command line is replaced by a title. Root without
 * the right to trace, as in most containers, sees the command line alone.
 */
function programDirectories(pid: number, program: string): string[] {
  const [name, ...args] = readText(`/proc/${pid}/cmdline`).split('\0')
  const given = args.flatMap((argument, index) => {
    if (argument === '-D') return args[index + 1] ?? []
    return argument.startsWith('--pgdata=') ? argument.slice('--pgdata='.length) : []
  })
  const current = readLink(`/proc/${pid}/cwd`)
  // npm may have replaced the binary since.
  const executable = readLink(`/proc/${pid}/exe`)?.replace(/ \(deleted\)$/, '')
  return [
    ...(basename(name ?? '') === program ? given : []),
    ...(current !== undefined && basename(executable ?? '') === program ? [current] : [])
  ]
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
