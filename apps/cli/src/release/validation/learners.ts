import { setTimeout as sleep } from 'node:timers/promises'
import type { Probe, ProbePeople, Visitor } from '@lyceum/platform/probe'
import { createVisitor } from '@lyceum/platform/visitor'
import type { Composition } from '@lyceum/server/compose'
import { makeSyntheticSchool, type SyntheticSchool } from '@lyceum/user/synthetic-school'
import type { Learners, Visit } from '../engine/surroundings.ts'
import { SYNTHETIC_PAUSE_MS } from '../run/plan.ts'
import { removeSyntheticSchools } from './remove-synthetic-schools.ts'
import { chooseProbes } from './validate.ts'

type Product = Pick<Composition, 'runtime' | 'storage'>
/** Opens the product for as long as the work takes. */
type WithProduct = (work: (product: Product, place: { readonly ownerUrl: string }) => Promise<void>) => Promise<void>

/** Tokens last for a quarter of an hour. */
const SIGN_IN_EVERY_MS = 10 * 60_000
const TOLD_TO_WAIT = 429

/**
 * People who do not exist and do at two releases what people do every day, over and over. Their school is made when they
 * first come and removed when they leave.
 */
export function openLearners(withProduct: WithProduct): Learners {
  let stay: Stay | undefined
  return {
    visit: async ({ candidate, stable }, { forMs, most, probes: names }) => {
      const until = performance.now() + forMs
      stay ??= begin(withProduct)
      const { school, probes } = await stay.opened.catch((error: unknown) => {
        stay = undefined
        throw error
      })
      const wanted = chooseProbes(probes, names)
      const { crews } = stay
      const visitAt = (address: string | null): Promise<Met> => {
        if (address === null) return Promise.resolve({ lost: 0, why: null })
        const crew = crews.get(address) ?? createCrew(address, school)
        crews.set(address, crew)
        return crew.visit(wanted, { until, most })
      }
      const [atCandidate, atStable] = await Promise.all([visitAt(candidate), visitAt(stable)])
      return told(atCandidate, atStable)
    },
    leave: async () => {
      const leaving = stay
      stay = undefined
      leaving?.end()
      await leaving?.closed
    }
  }
}

interface Stay {
  readonly opened: Promise<{ readonly school: SyntheticSchool; readonly probes: readonly Probe[] }>
  readonly crews: Map<string, Crew>
  end(): void
  readonly closed: Promise<void>
}

function begin(withProduct: WithProduct): Stay {
  const opened = Promise.withResolvers<Awaited<Stay['opened']>>()
  const ended = Promise.withResolvers<void>()
  const closed = withProduct(async ({ runtime, storage }, { ownerUrl }) => {
    const school = await makeSyntheticSchool(runtime)
    try {
      opened.resolve({ school, probes: runtime.modules.flatMap((module) => module.probes) })
      await ended.promise
    } finally {
      await removeSyntheticSchools(ownerUrl, storage, school.tenantId)
    }
  })
  closed.catch(opened.reject)
  return { opened: opened.promise, crews: new Map(), end: ended.resolve, closed }
}

/** What they met with at one address. */
interface Met {
  readonly lost: number
  readonly why: string | null
}

interface Crew {
  visit(probes: readonly Probe[], limits: { readonly until: number; readonly most: number }): Promise<Met>
}

/** A teacher and a learner at one address, of whom one asks at a time, and not before a moment has passed. */
function createCrew(address: string, { host, teacher, learner }: SyntheticSchool): Crew {
  let nextAt = 0
  let sent = 0
  let statuses: number[] = []
  let signedInAt = Number.NEGATIVE_INFINITY
  let turn = 0
  const paced = (visitor: Visitor): Visitor => ({
    ...visitor,
    send: async (...asked) => {
      await sleep(Math.max(0, nextAt - performance.now()))
      nextAt = performance.now() + SYNTHETIC_PAUSE_MS
      sent++
      const answer = await visitor.send(...asked)
      statuses.push(answer.status)
      return answer
    }
  })
  const people: ProbePeople = {
    teacher: paced(createVisitor(address, host, teacher)),
    learner: paced(createVisitor(address, host, learner))
  }
  return {
    visit: async (probes, { until, most }) => {
      const [signIn, ...others] = probes
      if (!signIn) return { lost: 0, why: 'there are no probes' }
      sent = 0
      let lost = 0
      do {
        const isSignedIn = performance.now() - signedInAt < SIGN_IN_EVERY_MS
        const probe: Probe = isSignedIn ? (others[turn++ % Math.max(1, others.length)] ?? signIn) : signIn
        statuses = []
        const fault = await probe.run(people).then(
          () => null,
          (error: unknown) => (error instanceof Error ? error.message : String(error))
        )
        if (fault === null) {
          if (probe === signIn) signedInAt = performance.now()
          continue
        }
        const why = `${probe.name}: ${fault}`
        if (statuses.includes(TOLD_TO_WAIT)) return { lost, why }
        // The process that answered so has counted it.
        if (!statuses.some((status) => status >= 500)) lost++
        // Guessing on at the door would only be kept out.
        if (probe === signIn) return { lost, why }
      } while (performance.now() < until && sent < most)
      return { lost, why: null }
    }
  }
}

const told = (candidate: Met, stable: Met): Visit => ({
  lost: { candidate: candidate.lost, stable: stable.lost },
  why: candidate.why ?? (stable.why === null ? null : `at the release before: ${stable.why}`)
})
