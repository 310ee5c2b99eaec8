import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { removeHome, startProductProcess, temporaryHome } from '../product-process.ts'

const PORT = 3960
const SETTLE_MS = 20_000

/**
 * Resident memory of the whole idle process tree (server and embedded database) after a second start, and how long that
 * start took until `/api/v1/ready` said yes. Two sums: of resident sizes, which counts shared pages once per process, and
 * of proportional sizes, which counts them once. A bare Node process is the baseline.
 */
export async function run(tell: (line: string) => void): Promise<object> {
  const home = temporaryHome('idle')
  try {
    tell('First start…')
    const first = await startProductProcess({ home, port: PORT })
    await first.stop()
    tell('Second start…')
    const second = await startProductProcess({ home, port: PORT })
    await fetch(`${second.url}/api/v1/school`)
    await sleep(SETTLE_MS)
    const pids = tree(second.child.pid ?? 0, home)
    const memory = pids.map(sizes)
    const sum = (pick: (size: { rss: number; pss: number }) => number) =>
      Math.round(memory.reduce((total, size) => total + pick(size), 0) / 1024)
    const bare = execFileSync(process.execPath, ['-e', 'console.log(process.memoryUsage().rss)'], { encoding: 'utf8' })
    await second.stop()
    return {
      rssMb: sum(({ rss }) => rss),
      pssMb: sum(({ pss }) => pss),
      processes: pids.length,
      firstStartMs: first.startedMs,
      secondStartMs: second.startedMs,
      bareNodeRssMb: Math.round(Number(bare) / 1024 / 1024)
    }
  } finally {
    removeHome(home)
  }
}

/** The server, its children, and the database server of this home with its children (it is detached on purpose). */
function tree(root: number, home: string): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [, pid = '', ppid = '', args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      return { pid: Number(pid), ppid: Number(ppid), args }
    })
  const roots = [
    root,
    ...rows.filter(({ args }) => args.includes(home) && args.includes('postgres')).map(({ pid }) => pid)
  ]
  const found = new Set(roots)
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const { pid, ppid } of rows) if (found.has(ppid)) found.add(pid)
  }
  return [...found]
}

function sizes(pid: number): { rss: number; pss: number } {
  const rollup = execFileSync('cat', [`/proc/${pid}/smaps_rollup`], { encoding: 'utf8' })
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0)
  return { rss: read('Rss'), pss: read('Pss') }
}
