import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { type OpenPins, openPins } from '../pin/open-pins.ts'

/** People whose browsers are kept on a release. */
export function watchPins(registry: Registry, release: string, database: Database | undefined, clock: Clock): void {
  // Both series are read at once and must say the same. Without the database nothing is known, which is not “none”: NaN.
  const unknown: readonly OpenPins[] = [{ release, count: Number.NaN, until: new Date(Number.NaN) }]
  let reading: Promise<readonly OpenPins[]> | undefined
  const pins = (): Promise<readonly OpenPins[]> => {
    reading ??= (database ? openPins(database, clock.now()) : Promise.resolve([]))
      .catch(() => unknown)
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  const ofPins = (series: string, help: string, read: (pins: OpenPins) => number) =>
    new Gauge({
      name: series,
      help,
      labelNames: ['pinned'],
      registers: [registry],
      async collect() {
        const all = await pins()
        this.reset()
        for (const pin of all) this.set({ pinned: pin.release }, read(pin))
      }
    })
  ofPins('lyceum_release_pins', 'People whose browsers are kept on a release', ({ count }) => count)
  ofPins(
    'lyceum_release_pins_until_seconds',
    'When the last of these pins is over, in seconds since 1970',
    ({ until }) => until.getTime() / 1000
  )
}
