import { afterAll, beforeAll, expect, it } from 'vitest'
import { badDays } from '../bench/recovery-faults/bad-days.ts'
import { live } from '../bench/recovery-faults/recovery-faults.ts'
import { openWorkshop, type Workshop } from '../platform/src/backup/testing/installation.ts'

let workshop: Workshop
beforeAll(async () => {
  workshop = await openWorkshop()
}, 60_000)
afterAll(() => workshop.close())

it.each(['disk of the log full', 'two servers in one repository'])(
  'notices %s, and loses nothing',
  { timeout: 240_000 },
  async (name) => {
    const bad = badDays.find((one) => one.name === name)
    if (bad === undefined) throw new Error(`There is no such day: ${name}`)
    const outcome = await live(bad, workshop)
    // Filling a disk takes root.
    if (outcome === null) return
    expect(outcome).toEqual({ detected: expect.any(String), lost: 0 })
  }
)
