import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { instancesOf } from '../../apps/cli/src/target/host/host-settings.ts'
import { openHostTarget, supervisorOf } from '../../apps/cli/src/target/host/open-host-target.ts'
import { findProxy } from '../../apps/cli/src/target/host/testing/start-proxy.ts'
import { Person } from '../../bench/release/person.ts'
import { releaseUnderLoad, type Strategy, signIn, type Way } from '../../bench/release/release.ts'
import { HASTE, releaseTool } from '../../scripts/rig/release-tool.ts'
import { type Rig, startRig } from '../../scripts/rig/start-rig.ts'

/** `npm run bench -- release` is the long version. */
const FEW = { readers: 2, writers: 1, slow: 1, uploaders: 1, sockets: 2, streams: 2, pinned: 1 }
const LONG_MS = 240_000

for (const proxy of ['nginx', 'haproxy'] as const) {
  describe.skipIf(!findProxy(proxy))(`one server behind ${proxy}`, () => {
    let rig: Rig
    beforeAll(async () => {
      rig = await startRig({ proxy, tell: () => undefined })
    }, LONG_MS)
    afterAll(() => rig?.stop(), LONG_MS)

    const visit = async (role = 'teacher') => {
      const person = new Person(rig)
      const { email, password } = signIn(role)
      await person.signIn(email, password)
      return person
    }

    it('tells processes how many they are with those of a release beside them, so that their pools fit', () => {
      const told = readFileSync(join(rig.root, 'instances/blue-1/instance.env'), 'utf8')
      expect(told).toContain('DATABASE_PROCESSES=4\n')
    })

    it('tells what runs, and refuses what would leave people without anybody', async () => {
      const { target } = rig
      expect(await target.observe()).toEqual({
        stable: 'blue',
        percent: 0,
        colours: {
          blue: {
            release: 'n',
            instances: [
              { id: 'blue-1', ready: true },
              { id: 'blue-2', ready: true }
            ]
          },
          green: {
            release: null,
            instances: [
              { id: 'green-1', ready: false },
              { id: 'green-2', ready: false }
            ]
          }
        }
      })
      await expect(target.shift(10)).rejects.toMatchObject({ code: 'target.nobody-ready' })
      await expect(target.promote()).rejects.toMatchObject({ code: 'target.nobody-ready' })
      await expect(target.retire('blue')).rejects.toMatchObject({ code: 'target.colour-serves' })
      const unknown = { name: 'nowhere', commit: '', schema: { min: '', max: '' } }
      await expect(target.boot('green', unknown)).rejects.toMatchObject({ code: 'target.release-unknown' })
    })

    it(
      'takes a bad release back so that nobody meets it any more',
      async () => {
        const { target } = rig
        const bad = rig.release('bad', { errors: 1 })
        await expect(target.boot('blue', bad)).rejects.toMatchObject({ code: 'target.colour-serves' })
        await target.boot('green', bad)
        const { pid } = await supervisorOf(rig.settings).status('green-1')
        await target.boot('green', bad)
        expect((await supervisorOf(rig.settings).status('green-1')).pid).toBe(pid)
        await target.measure('green')
        await target.shift(50)
        const people = Array.from({ length: 20 }, (_, at) => new Person(rig, at * 500))
        const ask = () => Promise.all(people.map((person) => person.send({ path: '/api/v1/school' })))
        for (const { status, release } of await ask())
          expect([status, release]).toEqual(release === 'bad' ? [500, 'bad'] : [200, 'n'])
        const measured = await target.measure('green')
        expect(measured).toMatchObject({ requests: 10, errors: 10, missing: false, inFlightOver: 0, restarts: 0 })
        expect(measured.p95Ms).not.toBeNull()
        await target.shift(0)
        for (const { status, release } of await ask()) expect([status, release]).toEqual([200, 'n'])
        expect((await target.measure('green')).p95Ms).toBeNull()
        // Whoever takes over after this process reads the same.
        expect(await openHostTarget(rig.root).observe()).toMatchObject({
          stable: 'blue',
          percent: 0,
          colours: { green: { release: 'bad' } }
        })
        await target.retire('green')
        expect(await target.measure('green')).toMatchObject({ requests: 0, missing: true })
        for (const person of people) person.leave()
      },
      LONG_MS
    )

    it(
      'keeps a release for whoever is pinned to it, and answers them when it dies all the same',
      async () => {
        const { target } = rig
        await target.boot('green', rig.release('next'))
        const pinned = await visit('administrator')
        const put = {
          method: 'PUT',
          path: '/api/v1/system/pin',
          headers: { 'content-type': 'application/json' },
          body: '{"minutes":30}'
        } as const
        expect((await pinned.send(put)).release).toBe('n')
        await target.shift(100)
        await target.promote()
        expect((await pinned.send({ path: '/api/v1/me' })).release).toBe('n')
        await expect(target.retire('blue')).rejects.toMatchObject({ code: 'target.pins-open' })
        expect(await target.pins('n')).toMatchObject({ count: 1 })
        const supervisor = supervisorOf(rig.settings)
        for (const { id } of instancesOf(rig.settings, 'blue')) await supervisor.stop(id)
        await expect
          .poll(() => pinned.send({ path: '/api/v1/me' }).then(({ release }) => release), { timeout: 20_000 })
          .toBe('next')
        await pinned.send({ method: 'DELETE', path: '/api/v1/system/pin' })
        await target.retire('blue')
        expect((await target.observe()).colours.blue.release).toBeNull()
        pinned.leave()
      },
      LONG_MS
    )

    it.runIf(proxy === 'haproxy')(
      'goes to its end at night, when nobody is there but people who do not exist',
      async () => {
        // What is tried again is another release.
        const name = `night-${randomUUID().slice(0, 8)}`
        rig.release(name)
        const patience = ['--step-hold', '1s', '--max-hold', '2s', '--min-samples', '60', '--bake', '1s']
        const given = ['deploy', name, ...HASTE, ...patience, '--steps', '50,100', '--drain-timeout', '10s']
        const { exitCode, lines, said } = await releaseTool(rig, given)
        expect([exitCode, said, lines.at(-1)?.line]).toEqual([0, '', expect.stringContaining('released')])
        const measured = lines.filter(({ type }) => type === 'measured').map(({ line }) => JSON.parse(line))
        for (const step of ['watch 50', 'watch 100'])
          expect(measured.findLast((one) => one.step === step)).toMatchObject({
            verdict: 'pass',
            samples: 0,
            synthetic: { errors: 0, lost: { candidate: 0, stable: 0 }, why: null }
          })
        expect(measured.filter(({ verdict, synthetic }) => verdict === 'pass' && !synthetic)).toMatchObject([
          { step: 'bake' }
        ])
      },
      LONG_MS
    )

    const underLoad = async (strategy: Strategy, way: Way, name: string, args: readonly string[] = []) => {
      const tell = () => undefined
      const going = { strategy, proxy, way, name, args, tell, people: FEW }
      const { requests, accepted, storedOnce, ...run } = await releaseUnderLoad(rig, going)
      expect(run).toMatchObject({ failures: [], visibleFailures: 0, pinsBroken: 0, socketsCut: 0 })
      expect(requests).toBeGreaterThan(20)
      expect(storedOnce).toBe(accepted)
      const { stable, colours } = await rig.target.observe()
      expect(colours[stable].release).toBe(name)
    }

    // The other halves are in the benchmark.
    if (proxy === 'haproxy')
      it(
        'replaces processes one after another under load without a failure',
        async () => {
          rig.release('n-plus-1')
          await underLoad('rolling', 'there', 'n-plus-1')
        },
        LONG_MS
      )

    if (proxy === 'nginx')
      it(
        'refuses a release during an exam, lets two people override that and keeps it to be looked at, and goes back',
        async () => {
          const { stable, colours } = await rig.target.observe()
          const before = colours[stable].release ?? ''
          rig.release('n-plus-1')
          const administrator = await visit('administrator')
          const today = new Date().toISOString().slice(0, 10)
          const exam = { kind: 'exam-period', title: 'Resits', startsOn: today, endsOn: today }
          const entered = await administrator.send({
            method: 'POST',
            path: '/api/v1/academic-calendar/entries',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(exam)
          })
          expect(entered.status).toBe(201)
          administrator.leave()

          const refused = await releaseTool(rig, ['deploy', 'n-plus-1', '--by', 'ada', ...HASTE])
          expect(refused.lines.at(-1)?.line).toContain('Resits')
          expect(refused.exitCode).toBe(3)

          const alone = ['--override-freeze', '--approved-by', 'ada', '--ticket', 'OPS-7', '--by', 'ada']
          const byOne = await releaseTool(rig, ['deploy', 'n-plus-1', ...alone, ...HASTE])
          expect(byOne.lines.at(-1)?.line).toContain('a second person')
          expect(byOne.exitCode).toBe(3)
          const override = ['--override-freeze', '--approved-by', 'ben', '--ticket', 'OPS-7', '--by', 'ada']
          // Every step of the ladder is in the benchmark.
          await underLoad('canary', 'there', 'n-plus-1', [...override, '--steps', '10,50,100'])

          const ask = async (...args: string[]) => {
            const { lines } = await releaseTool(rig, args)
            return lines.map(({ line }): unknown => JSON.parse(line))
          }
          const [status] = await ask('status')
          const open = { seq: expect.any(Number), text: expect.stringMatching(/ada and ben/) }
          expect(status).toMatchObject({ serving: 'n-plus-1', overridesToReview: [open] })

          await underLoad('blue-green', 'back', before)
        },
        2 * LONG_MS
      )
  })
}
