import { type Check, fault, note, ok, skipped } from './check.ts'

const PATIENCE_MS = 5_000

/** What people outside can reach that they should not. */
export const exposure: Check = {
  what: 'seen from outside',
  check: async ({ config: { LYCEUM_ENV, PUBLIC_URL, ENABLE_API_DOCS, TRUST_PROXY } }) => {
    if (LYCEUM_ENV !== 'production' || PUBLIC_URL === null) return skipped('looked at in production')
    if (!TRUST_PROXY && PUBLIC_URL.startsWith('https:'))
      return note(
        'TRUST_PROXY is off: who stands in front is not believed, and everybody seems to come from one address over http',
        'Set TRUST_PROXY=true behind a proxy that overwrites X-Forwarded-For, -Proto and -Host.'
      )
    const open = await answersWithoutTls(PUBLIC_URL)
    if (open !== undefined)
      return fault(open, 'Have the proxy redirect http to https; “lyceum config render” writes one that does.')
    return ENABLE_API_DOCS === 'true'
      ? note('the API reference at /api/docs is open to everybody', 'Remove ENABLE_API_DOCS where that is not meant.')
      : ok('https only, no API reference')
  }
}

/** What is wrong with plain http; undefined where it leads to https, or nobody answers. */
async function answersWithoutTls(publicUrl: string): Promise<string | undefined> {
  const { hostname } = new URL(publicUrl)
  const plain = `http://${hostname}/`
  try {
    const answer = await fetch(plain, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) })
    const location = answer.headers.get('location') ?? ''
    return answer.status >= 300 && answer.status < 400 && location.startsWith('https://')
      ? undefined
      : `${plain} answers ${answer.status} instead of leading to https`
  } catch {
    return undefined
  }
}
