import pino, { type Logger } from 'pino'

export type Log = Logger

export interface LogOptions {
  readonly level: string
  readonly release: string
  /** Replaced wherever they appear, in whatever field: a secret is known by its value, not by its key. */
  readonly secrets: () => readonly string[]
  readonly write?: (line: string) => void
}

/** What no line may say: secrets, known by their values, and the signatures of tokens. */
export function redact(line: string, secrets: readonly string[]): string {
  let hidden = line
  for (const secret of secrets)
    if (secret.length >= 6 && hidden.includes(secret)) hidden = hidden.replaceAll(secret, '[redacted]')
  return hidden.replace(/(eyJ[\w-]{8,}\.[\w-]+\.)[\w-]+/g, '$1[redacted]')
}

/** JSON lines with UTC time and release; see docs/operations/logs.md for the fields. */
export function createLog({ level, release, secrets, write }: LogOptions): Log {
  return pino(
    {
      level,
      base: { release },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => redact(line, secrets()) }
    },
    write ? { write } : pino.destination({ fd: 1, sync: false, minLength: 0 })
  )
}
