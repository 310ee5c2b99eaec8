import { redact } from '@lyceum/platform/log'

/** What a log says has gone wrong. */
export interface LogFaults {
  readonly errors: number
  /** Lines after which a process ended. */
  readonly fatal: number
  /** The first of both, with their times, redacted and cut short. */
  readonly first: readonly string[]
}

const MOST_NAMED = 3
const MOST_CHARACTERS = 200

/**
 * Counts lines of level `error` and `fatal`, and what Node itself says when it ends because of an error.
 * @param secrets known by their values
 */
export async function faultsIn(lines: AsyncIterable<string>, secrets: readonly string[]): Promise<LogFaults> {
  let [errors, fatal] = [0, 0]
  const first: string[] = []
  for await (const line of lines) {
    const found = readLine(line)
    if (!found) continue
    if (found.level === 'fatal') fatal++
    else errors++
    // One error written a thousand times is named once.
    const isNew = !first.some((named) => named.endsWith(found.words.slice(0, MOST_CHARACTERS)))
    if (first.length < MOST_NAMED && isNew)
      first.push(redact([found.time, found.words.slice(0, MOST_CHARACTERS)].filter(Boolean).join(' '), secrets))
  }
  return { errors, fatal, first }
}

/** In one sentence, for whoever looks at a release. */
export function faultsInWords({ errors, fatal, first }: LogFaults): string {
  if (errors + fatal === 0) return 'no errors since it was started'
  const counts = [...(fatal > 0 ? [`${fatal} fatal`] : []), ...(errors > 0 ? [counted(errors, 'error')] : [])]
  return `${counts.join(' and ')} since it was started: ${first.map((line) => `“${line}”`).join(', ')}`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

interface Found {
  readonly level: 'error' | 'fatal'
  readonly time: string
  readonly words: string
}

const FATAL_OF_NODE = /^(?:FATAL ERROR: |Node\.js v\d+\.\d+\.\d+$)/
/** As `LOG_FORMAT=text` writes: `[12:00:01] ERROR: …`. */
const TEXT = /^(?:\[([\d:.]+)\] )?(ERROR|FATAL)(?: \([^)]*\))?: (.*)$/

function readLine(line: string): Found | undefined {
  if (line.startsWith('{')) return readObject(line)
  if (FATAL_OF_NODE.test(line)) return { level: 'fatal', time: '', words: `a process ended: ${line}` }
  const [, time = '', level, words = ''] = TEXT.exec(line) ?? []
  return level === undefined ? undefined : { level: level === 'FATAL' ? 'fatal' : 'error', time, words }
}

function readObject(line: string): Found | undefined {
  // Most lines are neither, and a busy night has many.
  if (!line.includes('"error"') && !line.includes('"fatal"')) return undefined
  try {
    const { level, time, msg, err }: Readonly<Record<string, unknown>> = Object(JSON.parse(line))
    if (level !== 'error' && level !== 'fatal') return undefined
    const cause: unknown = Object(err).message
    const words = [msg, cause].filter((part) => typeof part === 'string' && part !== '').join(': ')
    return { level, time: typeof time === 'string' ? time : '', words: words || 'without words' }
  } catch {
    return undefined
  }
}
