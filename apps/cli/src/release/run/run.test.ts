import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planOf, type Rehearsed, rehearse } from '../testing/rehearsal.ts'
import { newWorld, release, type World } from '../testing/simulated-target.ts'
import { commands } from './entry.ts'
import { longestMs, nameOf, stepsOf, strategies } from './plan.ts'

const done = ({ entries }: Rehearsed) => entries.flatMap((entry) => (entry.type === 'done' ? [entry.step] : []))

describe('a good release', () => {
  it('goes through every step of a canary and leaves one colour', async () => {
    const rehearsed = await rehearse(planOf())
    expect(rehearsed.run.outcome).toEqual({ kind: 'released' })
    expect(rehearsed.world).toMatchObject({ stable: 'green', percent: 0, colours: { blue: { release: null } } })
    expect(rehearsed.world.history).toEqual([
      'green 10',
      'green 25',
      'green 50',
      'green 75',
      'green 100',
      'green stable',
      'blue stopped'
    ])
    expect(done(rehearsed)).toEqual(
      stepsOf(rehearsed.run.plan)
        .filter(({ kind }) => kind !== 'watch' && kind !== 'bake')
        .map(nameOf)
    )
  })

  it('switches at once when blue-green, and replaces in place when rolling', async () => {
    expect((await rehearse(planOf({ strategy: 'blue-green' }))).world.history).toEqual([
      'green 100',
      'green stable',
      'blue stopped'
    ])
    const rolled = await rehearse(planOf({ strategy: 'rolling' }))
    expect(rolled.world.history).toEqual(['blue-1 r2', 'blue-2 r2'])
    expect(rolled.run.instances).toEqual(['blue-1', 'blue-2'])
    expect(rolled.run.outcome).toEqual({ kind: 'released' })
  })

  it('is the first one where nothing served before', async () => {
    const world = newWorld({
      colours: { blue: { release: null, instances: [] }, green: { release: null, instances: [] } }
    })
    const { run } = await rehearse(planOf({ previous: null }), { world })
    expect(run.outcome).toEqual({ kind: 'released' })
    expect(world).toMatchObject({ stable: 'green', colours: { green: { release: 'r2' } } })
  })

  it('waits with the old colour until nobody is pinned to it', async () => {
    let asked = 0
    const { world, entries } = await rehearse(planOf(), {
      works: { pinned: async () => ({ count: asked++ < 40 ? 3 : 0, until: null }) }
    })
    expect(asked).toBeGreaterThan(40)
    expect(world.colours.blue.release).toBeNull()
    expect(entries).toContainEqual(expect.objectContaining({ type: 'done', step: 'drain', note: 'nobody is pinned' }))
  })
})

describe('a bad release', () => {
  const backAsBefore = { stable: 'blue', percent: 0, colours: { blue: { release: 'r1' }, green: { release: null } } }

  it.each([
    ['fails', { errorRate: 0.02 }, 'errors'],
    ['is slow', { p95Ms: 900 }, 'latency'],
    ['hangs', { hangs: true }, 'hang']
  ])('that %s goes back from its first step, and says why', async (_, fault, metric) => {
    const { run, world } = await rehearse(planOf(), { world: newWorld({ faults: { r2: fault } }) })
    expect(run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringContaining(`watch 10: ${metric}`) })
    expect(world).toMatchObject(backAsBefore)
    expect(world.history).toEqual(['green 10', 'green 0', 'green stopped'])
  })

  it('that does not become ready, or fails its probes, never gets a request', async () => {
    const unready = await rehearse(planOf(), { world: newWorld({ faults: { r2: { unready: true } } }) })
    expect(unready.run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringContaining('not ready') })
    const invalid = await rehearse(planOf(), {
      works: { validate: async () => Promise.reject(new Error('sign-in: 500')) }
    })
    expect(invalid.run.outcome).toMatchObject({ kind: 'aborted', why: 'validate: sign-in: 500' })
    for (const { world } of [unready, invalid]) {
      expect(world).toMatchObject(backAsBefore)
      expect(world.history.filter((line) => /^green [1-9]/.test(line))).toEqual([])
    }
  })

  it('that falls again and again is stopped, though nothing of it can be seen', async () => {
    const { run, world } = await rehearse(planOf(), { world: newWorld({ faults: { r2: { falls: true } } }) })
    expect(run.outcome).toMatchObject({ kind: 'aborted' })
    expect(world).toMatchObject({ ...backAsBefore, history: ['green 0', 'green stopped'] })
  })

  it('is rolled back instance by instance when it was rolled out so', async () => {
    const { run, world } = await rehearse(planOf({ strategy: 'rolling' }), {
      world: newWorld({ faults: { r2: { errorRate: 0.3 } } })
    })
    expect(run.outcome).toMatchObject({ kind: 'aborted' })
    expect(world.colours.blue.instances.map((instance) => instance.release)).toEqual(['r1', 'r1'])
  })

  it('is not watched away by a pause', async () => {
    const { run } = await rehearse(planOf(), {
      world: newWorld({ faults: { r2: { errorRate: 0.02 } } }),
      happenings: [{ after: 15, what: 'pause' }]
    })
    expect(run.outcome).toMatchObject({ kind: 'aborted' })
  })

  it('calls a person when the way back is closed', async () => {
    const { run } = await rehearse(planOf(), {
      world: newWorld({ faults: { r2: { errorRate: 0.02 } } }),
      works: { health: async (_, name) => (name === 'r1' ? Promise.reject(new Error('down')) : undefined) }
    })
    expect(run.outcome).toEqual({ kind: 'stuck', why: 'stable-health: down' })
  })
})

describe('the log of a release', () => {
  const logging = (errors: number, fatal: number) => ({
    log: async () => ({ errors, fatal, first: ['2026-03-01T02:00:00Z no mail'] })
  })
  const notes = ({ entries }: Rehearsed) =>
    Object.fromEntries(entries.flatMap((entry) => (entry.type === 'done' ? [[entry.step, entry.note]] : [])))

  it('is told where it has errors, and is no reason to go back', async () => {
    const rehearsed = await rehearse(planOf(), { works: logging(2, 0) })
    expect(rehearsed.run.outcome).toEqual({ kind: 'released' })
    const warning = '; warning, in its log: 2 errors since it was started: “2026-03-01T02:00:00Z no mail”'
    expect(notes(rehearsed)).toMatchObject({ validate: `well${warning}`, promote: `green is stable${warning}` })
  })

  it('takes it back when a process of it has ended by an error', async () => {
    const { run, world } = await rehearse(planOf(), { works: logging(0, 1) })
    expect(run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringContaining('validate: its log: 1 fatal') })
    expect(world.history).toEqual(['green 0', 'green stopped'])
  })

  it('is a warning too when it cannot be read, and nothing where there is none', async () => {
    const unread = await rehearse(planOf(), { works: { log: () => Promise.reject(new Error('no journal')) } })
    expect(unread.run.outcome).toEqual({ kind: 'released' })
    expect(notes(unread).validate).toBe('well; warning: its log cannot be read (no journal)')
    expect(notes(await rehearse(planOf())).validate).toBe('well')
  })
})

describe('a release nobody uses', () => {
  it('never advances, and goes back after the longest hold', async () => {
    const { run, world } = await rehearse(planOf(), { world: newWorld({ requestsPerLook: 10 }) })
    expect(run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringContaining('samples') })
    expect(world.history).toEqual(['green 10', 'green 0', 'green stopped'])
  })

  it('waits for a person instead when told to', async () => {
    const { run } = await rehearse(planOf({ onMaxHold: 'hold' }), {
      world: newWorld({ requestsPerLook: 10 }),
      stand: true
    })
    expect(run).toMatchObject({ outcome: null, held: expect.stringContaining('too few requests') })
  })

  it('goes on when a person says that it has been looked at', async () => {
    const { run, world } = await rehearse(planOf({ weights: [10, 100] }), {
      world: newWorld({ requestsPerLook: 10 }),
      happenings: [
        { after: 16, what: 'promote' },
        { after: 24, what: 'promote' }
      ]
    })
    expect(run.outcome).toEqual({ kind: 'released' })
    expect(world.stable).toBe('green')
  })
})

describe('a freeze that is entered meanwhile', () => {
  it('holds the release at its share and then takes it back', async () => {
    const world = newWorld()
    const { run, entries } = await rehearse(planOf(), {
      world,
      works: { calendar: async () => (world.percent >= 25 ? 'Finals' : null) }
    })
    expect(run.outcome).toEqual({ kind: 'aborted', why: 'a freeze was entered meanwhile: Finals' })
    expect(world).toMatchObject({ stable: 'blue', percent: 0, colours: { green: { release: null } } })
    const held = entries.findIndex((entry) => entry.type === 'calendar')
    const back = entries.findIndex((entry) => entry.type === 'begun' && entry.step === 'zero')
    expect(held).toBeGreaterThan(0)
    const between = entries.slice(held, back)
    expect(between.filter(({ type }) => type === 'done')).toEqual([])
  })

  it('is forgotten when it is taken out again, and only holds while the calendar cannot be read', async () => {
    const world = newWorld()
    const said = ['Finals', 'unreadable', 'unreadable', null]
    const { run, entries } = await rehearse(planOf(), {
      world,
      works: {
        calendar: async () => {
          const now = world.percent >= 25 ? (said.shift() ?? null) : null
          if (now === 'unreadable') throw new Error('away')
          return now
        }
      }
    })
    expect(said).toEqual([])
    expect(run.outcome).toEqual({ kind: 'released' })
    expect(entries.flatMap((entry) => (entry.type === 'calendar' ? [entry.frozen] : []))).toEqual(['Finals', null])
  })

  it('lets a release finish to which everybody has come, and one whose freeze was lifted', async () => {
    for (const given of [{ strategy: 'blue-green' as const }, { despiteFreeze: true }]) {
      const world = newWorld()
      const { run } = await rehearse(planOf(given), {
        world,
        works: { calendar: async () => (world.percent > 0 ? 'Finals' : null) }
      })
      expect(run.outcome).toEqual({ kind: 'released' })
    }
  })

  it('rolls instances back that were replaced in place', async () => {
    const world = newWorld()
    const { run } = await rehearse(planOf({ strategy: 'rolling', despiteFreeze: false }), {
      world,
      works: {
        // The calendar is read between instances as soon as a minute has passed.
        calendar: async () => (world.history.length > 0 ? 'Finals' : null),
        expand: async () => 'nothing to add'
      },
      happenings: [{ after: 9, what: 'pause' }]
    })
    expect(run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringContaining('Finals') })
    expect(world.colours.blue.instances.map((one) => one.release)).toEqual(['r1', 'r1'])
  })
})

describe('a database that moves while a release is under way', () => {
  /** Fails for everybody while it is away, until shortly before it comes back, as another or as the same. */
  const moving = (world: World, awayFor: number, after: string) => {
    let looks = 0
    return async () => {
      looks++
      const isAway = looks >= 4 && looks < 4 + awayFor
      world.faults = isAway && looks < 3 + awayFor ? { r1: { errorRate: 0.2 }, r2: { errorRate: 0.2 } } : {}
      if (isAway) throw new Error('away')
      return looks < 4 ? 'primary' : after
    }
  }
  const metrics = ({ entries }: Rehearsed) =>
    entries.flatMap((entry) => (entry.type === 'measured' ? [entry.metric] : []))

  it('is not held against the release, which is measured anew', async () => {
    const world = newWorld()
    const rehearsed = await rehearse(planOf(), { world, works: { database: moving(world, 3, 'replica') } })
    expect(rehearsed.run.outcome).toEqual({ kind: 'released' })
    expect(metrics(rehearsed)).toContain('database')
  })

  it('excuses nothing when it is the same as before, or does not come back', async () => {
    const same = newWorld()
    const blip = await rehearse(planOf(), { world: same, works: { database: moving(same, 3, 'primary') } })
    expect(blip.run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringContaining('errors') })
    const gone = newWorld()
    const never = await rehearse(planOf(), { world: gone, works: { database: moving(gone, 1_000, 'replica') } })
    expect(never.run.outcome).toMatchObject({ kind: 'aborted', why: expect.stringContaining('errors') })
    expect(metrics(never).filter((metric) => metric === 'database').length).toBeGreaterThan(3)
  })
})

describe('people who are kept on a release that is taken back', () => {
  const bad = () => newWorld({ faults: { r2: { errorRate: 0.02 } } })

  it('stay there until their pins are over, as long as it is well', async () => {
    const world = bad()
    let asked = 0
    let servedTo: string | null = null
    const { run, entries } = await rehearse(planOf(), {
      world,
      works: {
        pinned: async () => {
          servedTo = world.colours.green.release
          return { count: asked++ < 40 ? 3 : 0, until: null }
        }
      }
    })
    expect(run.outcome).toMatchObject({ kind: 'aborted' })
    expect([asked, servedTo]).toEqual([41, 'r2'])
    expect(world.history).toEqual(['green 10', 'green 0', 'green stopped'])
    expect(entries).toContainEqual(
      expect.objectContaining({ type: 'done', step: 'drain-candidate', note: 'nobody is pinned' })
    )
  })

  it('are moved when it does not answer any more', async () => {
    const world: World = { ...bad(), kept: 'r2' }
    const { run, entries } = await rehearse(planOf(), {
      world,
      works: {
        pinned: async () => ({ count: 3, until: null }),
        health: async (_, name) =>
          name === 'r2' && world.percent === 0 && world.history.length > 0
            ? Promise.reject(new Error('hangs'))
            : undefined
      }
    })
    expect(run.outcome).toMatchObject({ kind: 'aborted' })
    expect(world.colours.green.release).toBeNull()
    expect(entries).toContainEqual(
      expect.objectContaining({ step: 'drain-candidate', note: expect.stringContaining('3 are moved to blue') })
    )
  })
})

it('stops at a closed gate with everything as it was', async () => {
  const { run, world } = await rehearse(planOf(), { works: { gates: async () => Promise.reject(new Error('frozen')) } })
  expect(run.outcome).toEqual({ kind: 'failed', why: 'gates: frozen' })
  expect(world.history).toEqual([])
})

it('computes an end that is later than every hold together', () => {
  expect(longestMs(planOf())).toBeGreaterThan(6 * 600_000)
})

describe('killed and commanded at any moment', () => {
  const happening = fc.record({
    after: fc.integer({ min: 2, max: 90 }),
    what: fc.constantFrom('kill' as const, 'cut' as const, 'cut' as const, ...commands)
  })
  const faults = fc.constantFrom({}, {}, { errorRate: 0.01 }, { p95Ms: 2_000 }, { unready: true }, { hangs: true })

  it('a release ends in one of two states, and nothing that serves is ever stopped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...strategies),
        faults,
        fc.constantFrom('abort' as const, 'hold' as const),
        fc.array(happening, { maxLength: 8 }),
        async (strategy, fault, onMaxHold, happenings) => {
          const world = newWorld({ faults: { r2: fault } })
          const { run, entries } = await rehearse(planOf({ strategy, onMaxHold }), { world, happenings })
          const { blue, green } = world.colours
          expect(run.outcome?.kind).toMatch(/^(released|aborted)$/)
          expect(
            entries.filter((entry) => entry.type === 'failed' && /serves|retires|promotes|boots/.test(entry.why))
          ).toEqual([])
          const [serving, idle] = world.stable === 'blue' ? [blue, green] : [green, blue]
          expect(world.percent).toBe(0)
          expect(serving.release).toBe(run.outcome?.kind === 'released' ? 'r2' : 'r1')
          expect(serving.instances.map((one) => one.release)).toEqual([serving.release, serving.release])
          expect(serving.instances.every(({ ready }) => ready)).toBe(true)
          expect(idle.release).toBeNull()
          if (Object.keys(fault).length > 0) expect(run.outcome?.kind).toBe('aborted')
          expect(rises(world.history)).toBe(true)
        }
      ),
      { numRuns: 400 }
    )
  })
})

/** Shares of the candidate rise until they fall to nothing, and then never rise again. */
function rises(history: readonly string[]): boolean {
  let share = 0
  let over = false
  for (const line of history) {
    const [, percent] = /^green (\d+)$/.exec(line) ?? []
    if (percent === undefined) continue
    const now = Number(percent)
    if (now < share) over = true
    if (over ? now !== 0 : now < share) return false
    share = now
  }
  return true
}

it('keeps to what the first line says, whatever release is there later', async () => {
  const { run } = await rehearse(planOf({ release: release('r3') }), { world: newWorld({ releases: [] }) })
  expect(run.plan.release.name).toBe('r3')
})
