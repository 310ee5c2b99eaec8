import type { Probe } from '@lyceum/platform/probe'
import { createVisitor } from '@lyceum/platform/visitor'
import type { Composition } from '@lyceum/server/compose'
import { makeSyntheticSchool } from '@lyceum/user/synthetic-school'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { removeSyntheticSchools } from './remove-synthetic-schools.ts'

export interface ProbeResult {
  readonly probe: string
  readonly about: string
  readonly ok: boolean
  readonly ms: number
  /** What was seen; empty when it passed. */
  readonly why: string
}

/** Signing in comes before everything, whatever was asked for. */
const ALWAYS = 'sign-in'

/**
 * Does what people do every day at one address, as people of a school that is made for it and removed afterwards.
 * @param names which probes; every one where none is named
 * @throws validate.unknown-probe
 */
export async function validateAt(
  { runtime, storage }: Pick<Composition, 'runtime' | 'storage'>,
  ownerUrl: string,
  address: string,
  names: readonly string[],
  tell: (result: ProbeResult) => void = () => undefined
): Promise<ProbeResult[]> {
  const probes = chooseProbes(
    runtime.modules.flatMap((module) => module.probes),
    names
  )
  const school = await makeSyntheticSchool(runtime)
  try {
    const people = {
      teacher: createVisitor(address, school.host, school.teacher),
      learner: createVisitor(address, school.host, school.learner)
    }
    const results: ProbeResult[] = []
    for (const { name: probe, about, run } of probes) {
      const begun = performance.now()
      const why = await run(people).then(
        () => '',
        (error: unknown) => (error instanceof Error ? error.message || String(error) : String(error))
      )
      const result = { probe, about, ok: why === '', ms: Math.round(performance.now() - begun), why }
      results.push(result)
      tell(result)
    }
    return results
  } finally {
    await removeSyntheticSchools(ownerUrl, storage, school.tenantId)
  }
}

/**
 * Signing in first, then those that were named, or all.
 * @throws validate.unknown-probe
 */
export function chooseProbes(all: readonly Probe[], names: readonly string[]): readonly Probe[] {
  const wanted = names.filter((name) => name !== 'all')
  const unknown = wanted.find((name) => !all.some((probe) => probe.name === name))
  if (unknown !== undefined)
    throw new CommandFailed(
      'validate.unknown-probe',
      `There is no probe “${unknown}”. There are: ${all.map(({ name }) => name).join(', ')}.`,
      exitCodes.usage
    )
  return wanted.length === 0 ? all : all.filter(({ name }) => name === ALWAYS || wanted.includes(name))
}
