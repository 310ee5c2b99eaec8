import { setTimeout as sleep } from 'node:timers/promises'
import type { Colour } from '../../release/target.ts'
import type { Supervisor } from '../host/supervisor/supervisor.ts'
import { TargetRefused } from '../target-refused.ts'
import type { Compose } from './compose.ts'

const LOOK_MS = 500

/** A colour as one unit: all of its containers come and go together. */
export function composeSupervisor(
  compose: Compose,
  imageOf: (release: string) => string,
  { bootSeconds, drainSeconds }: { readonly bootSeconds: number; readonly drainSeconds: number }
): Supervisor {
  return {
    start: async ({ name, environment }) => {
      const colour = colourOf(name)
      const services = compose.services(colour)
      compose.useImage(colour, imageOf(environment.RELEASE ?? ''))
      await compose.up(services)
      const deadline = performance.now() + bootSeconds * 1000
      for (;;) {
        const containers = await compose.containers(services)
        const waiting = services.filter((service) => !containers.some((one) => one.service === service && one.isWell))
        if (waiting.length === 0) return
        if (performance.now() > deadline)
          throw new TargetRefused(
            'target.not-ready',
            `${waiting.join(', ')} not well within ${bootSeconds} seconds. Their logs say why: docker compose logs ${waiting[0]}`
          )
        await sleep(LOOK_MS)
      }
    },
    stop: async (name) => {
      const services = compose.services(colourOf(name))
      const there = new Set((await compose.containers(services)).map(({ service }) => service))
      for (const part of [services.slice(0, 1), services.slice(1)]) {
        const present = part.filter((service) => there.has(service))
        if (present.length > 0) await compose.stop(present, drainSeconds)
      }
    },
    log: (name) => compose.logs(compose.services(colourOf(name))),
    status: async (name) => {
      const services = compose.services(colourOf(name))
      const containers = await compose.containers(services)
      return {
        running: services.every((service) => containers.some((one) => one.service === service && one.isRunning)),
        pid: null,
        restarts: await compose.restarts(containers.map(({ id }) => id))
      }
    }
  }
}

const colourOf = (name: string): Colour => (name.startsWith('green') ? 'green' : 'blue')
