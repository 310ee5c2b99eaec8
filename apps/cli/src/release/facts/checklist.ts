import { readCertificate } from './front-door.ts'

export interface Item {
  readonly what: string
  readonly ok: boolean
  readonly message: string
}

const PATIENCE_MS = 10_000
const WARNING_DAYS = 21

/**
 * What is looked at after a release, at the address people use. `whole` adds what takes a moment or is looked at once: metrics,
 * the certificate, and that the web app comes with its files.
 */
export async function checklist(address: string, { whole }: { readonly whole: boolean }): Promise<Item[]> {
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
  return Promise.all(
    Object.entries(looks).map(async ([what, look]) => {
      try {
        return { what, ok: true, message: await look() }
      } catch (error) {
        return { what, ok: false, message: error instanceof Error ? error.message : String(error) }
      }
    })
  )
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
