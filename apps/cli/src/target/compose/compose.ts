import { execFile } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import type { Colour } from '../../release/target.ts'
import { at, listAt } from '../../render/manifest.ts'
import { linesOfProgram } from '../host/supervisor/lines.ts'
import { TargetRefused } from '../target-refused.ts'

const run = promisify(execFile)

/** Fetching an image, or stopping what answers the longest upload. */
const LONGEST_MS = 60 * 60 * 1000

/** One container, as `ps --format json` tells of it. */
export interface Container {
  readonly id: string
  readonly service: string
  readonly isRunning: boolean
  /** Whether its own check says that it is well; a container without one is well when it runs. */
  readonly isWell: boolean
}

export interface Compose {
  /** Services of a colour, the gateway first: what is at the door goes before what it asks. */
  services(colour: Colour): string[]
  up(services: readonly string[]): Promise<void>
  stop(services: readonly string[], patienceSeconds: number): Promise<void>
  containers(services: readonly string[]): Promise<Container[]>
  /** What a command of an image printed, in the settings of the installation; it may end with a failure and still answer. */
  once(image: string, args: readonly string[]): Promise<{ out: string; err: string }>
  restarts(ids: readonly string[]): Promise<number>
  /** What containers have written since they were made, which is when their colour was started. */
  logs(services: readonly string[]): AsyncIterable<string>
  pull(image: string): Promise<void>
  /** Which image a colour runs when it is started next, whoever starts it. */
  useImage(colour: Colour, image: string): void
}

export function compose({
  file,
  command,
  engine
}: {
  readonly file: string
  readonly command: readonly string[]
  readonly engine: readonly string[]
}): Compose {
  const ask = async ([program = '', ...args]: readonly string[], environment: Record<string, string> = {}) => {
    try {
      return await run(program, args, {
        env: { ...process.env, ...environment },
        timeout: LONGEST_MS,
        maxBuffer: 64 * 1024 ** 2
      })
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
      throw new TargetRefused(
        'target.compose',
        `“${[program, ...args].join(' ')}” failed: ${said || (error instanceof Error ? error.message : String(error))}`,
        { cause: error }
      )
    }
  }
  // Otherwise Compose does not know containers of a colour that nobody named.
  const both = ['--profile', 'blue', '--profile', 'green', '--file', file]
  const composed = (...args: readonly string[]) => ask([...command, ...both, ...args])

  return {
    services: (colour) => {
      const all = Object.entries(Object(at(parse(readFileSync(file, 'utf8')), 'services')))
      return all
        .filter(([, service]) => listAt(service, 'profiles').includes(colour))
        .map(([name]) => name)
        .sort((one, two) => Number(two.startsWith('gateway')) - Number(one.startsWith('gateway')))
    },
    up: async (services) => {
      await composed('up', '--detach', '--no-deps', ...services)
    },
    stop: async (services, patienceSeconds) => {
      await composed('stop', '--timeout', String(patienceSeconds), ...services)
      await composed('rm', '--force', ...services)
    },
    containers: async (services) => {
      const { stdout } = await composed('ps', '--all', '--format', 'json')
      return readContainers(stdout).filter(({ service }) => services.includes(service))
    },
    once: async (image, args) => {
      try {
        const { stdout, stderr } = await ask([...command, ...both, 'run', '--rm', '--no-TTY', 'migrate', ...args], {
          LYCEUM_IMAGE_MIGRATE: image,
          LYCEUM_IMAGE: image
        })
        return { out: stdout, err: stderr }
      } catch (error) {
        const cause = error instanceof Error ? error.cause : undefined
        const said = typeof cause === 'object' && cause !== null && 'stdout' in cause ? String(cause.stdout) : ''
        if (said.trim() === '') throw error
        return { out: said, err: error instanceof Error ? error.message : '' }
      }
    },
    logs: (services) =>
      linesOfProgram('target.compose', [...command, ...both, 'logs', '--no-log-prefix', '--no-color', ...services]),
    restarts: async (ids) => {
      if (ids.length === 0) return 0
      const { stdout } = await ask([...engine, 'inspect', '--format', '{{.RestartCount}}', ...ids])
      return stdout.split('\n').reduce((sum, line) => sum + Number(line || 0), 0)
    },
    pull: async (image) => {
      await ask([...engine, 'pull', image])
    },
    useImage: (colour, image) => {
      // Compose reads it by itself, so that a person who runs Compose starts the same.
      const path = join(dirname(file), '.env')
      const key = `LYCEUM_IMAGE_${colour.toUpperCase()}=`
      const before = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
      const others = before.filter((line) => line !== '' && !line.startsWith(key))
      const usual = others.some((line) => line.startsWith('LYCEUM_IMAGE=')) ? [] : [`LYCEUM_IMAGE=${image}`]
      writeFileSync(`${path}.next`, [...others, ...usual, `${key}${image}`, ''].join('\n'))
      renameSync(`${path}.next`, path)
    }
  }
}

/** One object in a line, as Compose has written since 2.21, or a list of them as before. */
export function readContainers(text: string): Container[] {
  const trimmed = text.trim()
  const objects: unknown[] = trimmed.startsWith('[')
    ? listAt({ all: JSON.parse(trimmed) }, 'all').slice()
    : trimmed.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line)]))
  return objects.map((object) => {
    const state = String(at(object, 'State'))
    const health = String(at(object, 'Health') ?? '')
    return {
      id: String(at(object, 'ID')),
      service: String(at(object, 'Service')),
      isRunning: state === 'running',
      isWell: state === 'running' && (health === '' || health === 'healthy')
    }
  })
}
