import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { HELD_ARCHIVE } from '@lyceum/platform/backup/restore-set'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { inDatabase } from '@lyceum/server/surroundings'
import { AIMED, type DrillReport, fillIn, PROMISED, type Step, type StepDone } from './drill.ts'
import type { Drilling } from './drilling.ts'
import { type FoundAgain, findAgain, hasCourse } from './known-things.ts'
import { lastLines, mustRun, type Product } from './machine.ts'
import type { Fault } from './make-disaster.ts'
import { commandsOf } from './runbook-text.ts'
import { runbooks } from './runbooks.ts'
import { compareWith } from './same-throughout.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** What came of the steps. */
type Done = Omit<DrillReport, 'kind' | 'set' | 'startedAt' | 'finishedAt'>

/** Does what the runbook says after a disaster, and looks what came back. */
export async function followRunbook(drilling: Drilling, fault: Fault): Promise<Done> {
  const { kind, tell, steps: planned = runbooks[kind].steps } = drilling
  const { record, clock, rowsHit } = fault
  const steps: StepDone[] = []
  const seen: Seen = { product: undefined, again: undefined, rtoSeconds: null, differences: [] }
  let why: string | null = null
  for (const step of planned) {
    tell(`  ${step.title}`)
    const from = clock.seconds()
    const commands = commandsOf(step).map((command) => fillIn(command, fault.blanks))
    try {
      await takeStep(drilling, fault, { step, commands, seen })
      const state = step.does === 'person' ? 'left' : 'done'
      steps.push({ title: step.title, state, seconds: rounded(clock.seconds() - from), commands })
    } catch (error) {
      steps.push({ title: step.title, state: 'failed', seconds: rounded(clock.seconds() - from), commands })
      why = `${step.title}: ${error instanceof Error ? error.message : String(error)}`
      break
    }
  }
  const rpoSeconds = seen.again === undefined ? null : lostSeconds(fault, seen.again)
  const { rtoSeconds, differences } = seen
  why ??= faultOf({ rpoSeconds, rtoSeconds, differences, faults: seen.again?.faults ?? [] })
  return {
    verdict: why === null ? 'passed' : 'failed',
    why,
    rpoSeconds,
    rtoSeconds,
    withinAims: within(AIMED, rpoSeconds, rtoSeconds),
    tablesCompared: record.tables.length,
    differences,
    rowsHit,
    steps
  }
}

/** What is found out on the way. */
interface Seen {
  product: Product | undefined
  again: FoundAgain | undefined
  rtoSeconds: number | null
  differences: readonly string[]
}

async function takeStep(
  { machine }: Drilling,
  { known, record, clock, later }: Fault,
  { step, commands, seen }: { readonly step: Step; readonly commands: readonly string[]; readonly seen: Seen }
): Promise<void> {
  switch (step.does) {
    case 'person':
      return
    case 'stop':
      return machine.stop()
    case 'type': {
      let said = ''
      for (const command of commands) said = await mustRun(machine, command)
      if (step.sees !== undefined && !said.includes(step.sees))
        throw new Error(`“${step.sees}” is not in what it said: ${lastLines(said)}`)
      return
    }
    case 'start':
      // Comparing is the drill's own work, not the operator's.
      seen.differences = await clock.paused(() => compareAtRest(machine.home, record))
      seen.product = await machine.start()
      return
    case 'look': {
      if (seen.product === undefined) throw new Error('nothing serves')
      seen.again = await findAgain(seen.product, known)
      seen.rtoSeconds = rounded(clock.seconds())
      if (later !== null && (await hasCourse(seen.product, known, later)))
        throw new Error('what was written after the fault is there: it was not undone')
      return
    }
    case 'look-aside': {
      const aside = join(machine.home, 'before')
      if (later === null || !existsSync(aside)) throw new Error(`nothing was put aside in ${aside}`)
      const beside = await machine.start({ LYCEUM_HOME: aside, BACKUP_REPOSITORY: '' })
      if (await hasCourse(beside, known, later)) return
      throw new Error('what was written after the fault is not in what was put aside')
    }
  }
}

/** Before anything writes again. */
async function compareAtRest(home: string, record: Fault['record']): Promise<readonly string[]> {
  const postgres = await startEmbeddedPostgres({ home, log: quiet, settings: HELD_ARCHIVE })
  try {
    return await compareWith(record, inDatabase(postgres.url))
  } finally {
    await postgres.stop()
  }
}

/** From the last change that is there until the disaster. */
function lostSeconds({ writer, at }: Fault, { change }: FoundAgain): number | null {
  // The last one may have been written and not answered any more.
  const last = writer.answered[Math.min(change, writer.answered.length) - 1]
  return last === undefined ? null : rounded(Math.max(0, at - last) / 1000)
}

function faultOf({
  rpoSeconds,
  rtoSeconds,
  differences,
  faults
}: Pick<Done, 'rpoSeconds' | 'rtoSeconds' | 'differences'> & { readonly faults: readonly string[] }): string | null {
  if (differences.length > 0) return `what came back is not what was there: ${differences.join('; ')}`
  if (faults.length > 0) return faults.join('; ')
  if (rpoSeconds === null) return 'nothing of what was written after the set came back'
  if (within(PROMISED, rpoSeconds, rtoSeconds)) return null
  return `${rpoSeconds} s were lost and ${rtoSeconds} s were needed; promised are ${PROMISED.rpoSeconds} and ${PROMISED.rtoSeconds}`
}

const within = (
  limit: { readonly rpoSeconds: number; readonly rtoSeconds: number },
  rpoSeconds: number | null,
  rtoSeconds: number | null
): boolean =>
  rpoSeconds !== null && rtoSeconds !== null && rpoSeconds <= limit.rpoSeconds && rtoSeconds <= limit.rtoSeconds

const rounded = (seconds: number): number => Math.round(seconds * 10) / 10
