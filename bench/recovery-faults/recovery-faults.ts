import {
  type Installation,
  openWorkshop,
  startInstallation,
  type Workshop
} from '../../platform/src/backup/testing/installation.ts'
import { hasPgBackRest, startOutside } from '../../platform/src/backup/testing/outside.ts'
import { type BadDay, badDays, type Day, type Outcome } from './bad-days.ts'
import { outsideDays } from './outside-days.ts'

/** Every bad day of backups: whether something told of it, and what was lost that was safe before. */
export async function run(tell: (line: string) => void): Promise<object> {
  const workshop = await openWorkshop()
  const faults: ({ readonly name: string } & Outcome)[] = []
  const untried: string[] = []
  try {
    for (const bad of badDays) {
      const outcome = await live(bad, workshop)
      if (outcome === null) untried.push(bad.name)
      else faults.push({ name: bad.name, ...outcome })
      tell(outcome === null ? `– ${bad.name}: needs root` : wordsFor(bad.name, outcome))
    }
  } finally {
    workshop.close()
  }
  for (const { name, happen } of outsideDays) {
    if (!hasPgBackRest()) {
      untried.push(name)
      continue
    }
    const school = await startOutside()
    const outcome = await happen(school).finally(() => school.close())
    faults.push({ name, ...outcome })
    tell(wordsFor(name, outcome))
  }
  return {
    seeded: faults.length,
    detected: faults.filter(({ detected }) => detected !== null).length,
    lost: faults.reduce((sum, { lost }) => sum + lost, 0),
    untried,
    faults
  }
}

/** @returns null where it cannot be tried on this machine */
export async function live(bad: BadDay, workshop: Workshop): Promise<Outcome | null> {
  const running = new Set<Installation>()
  const day: Day = {
    path: () => workshop.path(),
    start: async (options) => {
      const school = await startInstallation(workshop, options)
      running.add(school)
      return school
    },
    stop: async (school) => {
      running.delete(school)
      await school.stop()
    }
  }
  try {
    return await bad.happen(day)
  } finally {
    for (const school of running) await school.stop()
  }
}

const wordsFor = (name: string, { detected, lost }: Outcome): string =>
  `${detected === null || lost > 0 ? '✗' : '✓'} ${name}: ${lost} lost; ${detected?.split('\n')[0] ?? 'NOT DETECTED'}`
