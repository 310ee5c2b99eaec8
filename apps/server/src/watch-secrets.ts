import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '@lyceum/platform/config'
import type { Log } from '@lyceum/platform/log'

/** How the settings are read again while the product runs. */
export interface SettingsAgain {
  /** From every place that secrets are kept in. */
  read(): Promise<Config>
  /** Files whose change may change a secret. */
  files(): readonly string[]
  /** Whether a place has to be asked, because no file of this machine tells. */
  readonly elsewhere: boolean
}

export interface SecretWatch {
  /** Reads the settings now; for whoever was refused with a secret that is no longer good. */
  lookAgain(): Promise<void>
  close(): Promise<void>
}

const LOOK_EVERY_MS = 2_000
const ASK_EVERY_MS = 60_000
/** However many are refused at once, a place is asked once in this time. */
const BREATHE_MS = 1_000

/**
 * Notices that secrets were exchanged, and has them taken up. By looking: notices of changes do not come from network file
 * systems, nor where a mounted secret is replaced by turning a link; and SIGHUP is what a closed terminal sends.
 */
export function watchSecrets(
  settings: SettingsAgain,
  take: (config: Config) => void,
  log: Log,
  { lookEveryMs = LOOK_EVERY_MS } = {}
): SecretWatch {
  let seen: string | undefined
  let askedAt = performance.now()
  let reading: Promise<void> | undefined
  let closed = false
  let breathing: Promise<void> | undefined

  const read = async (): Promise<void> => {
    askedAt = performance.now()
    try {
      take(await settings.read())
    } catch (error) {
      // What is held stays good: the process goes on, and looks again.
      log.warn({ err: error }, 'secrets cannot be read again; going on with those that are held')
    }
  }
  const readOnce = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }
  const look = async (): Promise<void> => {
    const now = await marksOf(settings.files()).catch(() => seen)
    const isChanged = seen !== undefined && now !== seen
    seen = now
    if (isChanged || (settings.elsewhere && performance.now() - askedAt > ASK_EVERY_MS)) await readOnce()
  }
  let looking = look()
  const timer = setInterval(() => {
    looking = looking.then(() => (closed ? undefined : look()))
  }, lookEveryMs)
  timer.unref()
  return {
    lookAgain: () => {
      // Whoever asks has met something newer than what was read a moment ago.
      breathing ??= sleep(Math.max(0, askedAt + BREATHE_MS - performance.now()), undefined, { ref: false })
        .then(readOnce)
        .finally(() => {
          breathing = undefined
        })
      return breathing
    },
    close: async () => {
      closed = true
      clearInterval(timer)
      await looking
      await reading
    }
  }
}

/** Size, time and place of every file, of which at least one changes when somebody writes it. */
async function marksOf(files: readonly string[]): Promise<string> {
  const marks = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size, mtimeMs, ino }) => `${ino} ${size} ${mtimeMs}`,
        () => ''
      )
    )
  )
  return marks.join('\n')
}
