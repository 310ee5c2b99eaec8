import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@lyceum/platform/clock'
import { outcomeOf } from '../../outcome.ts'
import { fileJournals, type Journals } from '../journal/journal.ts'
import { openLock } from '../journal/lease.ts'
import { command, deploy, exitCodeOf } from '../operate.ts'
import { planOf, worksOf } from './rehearsal.ts'
import { inFile, simulatedTarget } from './simulated-target.ts'

/** `release-child.ts <folder> deploy|resume|abort [lines]`: kills itself with SIGKILL after so many lines of its own. */
const [folder = '', action = '', lines] = process.argv.slice(2)
const keeping = inFile(join(folder, 'world.json'))
const journals = fileJournals(join(folder, 'journal'))
let written = 0

const mortal: Journals = {
  list: journals.list,
  open: (run) => {
    const journal = journals.open(run)
    return {
      ...journal,
      append: async (entry) => {
        await journal.append(entry)
        written++
        if (written === Number(lines)) process.kill(process.pid, 'SIGKILL')
      }
    }
  }
}

const operation = {
  target: simulatedTarget(keeping),
  works: worksOf(keeping.read),
  journals: mortal,
  lock: openLock(join(folder, 'journal'), systemClock),
  clock: systemClock,
  by: 'ada',
  sleep: (ms: number) => sleep(Math.min(ms, 2)),
  lookEveryMs: 2,
  tell: () => undefined,
  notify: async () => undefined,
  record: async () => undefined
}
const plan = planOf({ weights: [100], holdMs: 1, bakeMs: 1, minSamples: 100 })
try {
  const run =
    action === 'deploy'
      ? await deploy(operation, plan)
      : (await command(operation, action === 'abort' ? 'abort' : null, '')).run
  process.stdout.write(JSON.stringify({ outcome: run.outcome?.kind, written }))
  process.exitCode = exitCodeOf(run)
} catch (error) {
  const { exitCode, code } = outcomeOf(error)
  process.stdout.write(JSON.stringify({ outcome: code, written }))
  process.exitCode = exitCode
}
