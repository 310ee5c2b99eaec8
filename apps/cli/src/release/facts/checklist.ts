import { readCertificate } from './front-door.ts'
import { faultsInWords, type LogFaults } from './log-faults.ts'

export interface Item {
  readonly what: string
  readonly ok: boolean
  readonly message: string
  /** Fine so far, and worth a look. */
  readonly warning?: boolean
}

const PATIENCE_MS = 10_000
const WARNING_DAYS = 21

/**
 * What is looked at after a release, at the address people use. `whole` adds what takes a moment or is looked at once: metrics,
 * the certificate, and that the web app comes with its files.
 * @param log what the log of what serves says has gone wrong, where there is one to look at
 */
export async function checklist(
  address: string,
  { whole, log }: { readonly whole: boolean; readonly log?: (() => Promise<LogFaults | null>) | undefined }
): Promise<Item[]> {
  const looks: Readonly<Record<string, () => Promise<string>>> = {
    alive: async () => `release ${memberOf(await ask(address, '/health'), 'release')}`,
    ready: async () => memberOf(await ask(address, '/api/v1/ready'), 'message'),
    healthy: async () => memberOf(await ask(address, '/api/v1/health'), 'status'),
    ...(whole
      ? {
          metrics: async () => {
            const { text } = await ask(address, '/metrics')
            if (!text.includes('lyceum_http_request_duration_seconds'))
              throw new Error('the series of requests is missing')
            return 'written'
          },
          certificate: async () => {
            const end = await readCertificate(address)
            if (!end.known) throw new Error(end.why)
            if (end.value === null) return 'no TLS at this address'
            if (end.value.getTime() - Date.now() < WARNING_DAYS * 86_400_000)
              throw new Error(`ends at ${end.value.toISOString()}`)
            return `valid until ${end.value.toISOString()}`
          },
          'web app': async () => {
            const { text } = await ask(address, '/')
            const [, script] = /<script[^>]+src="([^"]+)"/.exec(text) ?? []
            if (script === undefined) throw new Error('the page names no script')
            await ask(address, script)
            return 'comes with its files'
          }
        }
      : {})
  }
  const items = Object.entries(looks).map(([what, look]) =>
    itemOf(what, async () => ({ ok: true, message: await look() }))
  )
  return Promise.all(log ? [...items, itemOf('log', async () => logItem(await log()))] : items)
}

async function itemOf(what: string, look: () => Promise<Omit<Item, 'what'>>): Promise<Item> {
  try {
    return { what, ...(await look()) }
  } catch (error) {
    return { what, ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

/** Errors are a warning: what ended a process is more than that. */
function logItem(log: LogFaults | null): Omit<Item, 'what'> {
  if (log === null) return { ok: true, warning: true, message: 'this target has no logs to look at' }
  return { ok: log.fatal === 0, message: faultsInWords(log), ...(log.errors > 0 ? { warning: true } : {}) }
}

async function ask(address: string, path: string): Promise<{ text: string }> {
  const response = await fetch(new URL(path, address), { signal: AbortSignal.timeout(PATIENCE_MS) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`)
  return { text }
}

function memberOf({ text }: { readonly text: string }, name: string): string {
  const value: unknown = JSON.parse(text)
  const found =
    typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined
  return String(found ?? 'not said')
}
