import { connect } from 'node:tls'
import { type Known, known, unknown } from '../gate/gate.ts'

/** The gates are asked all at once, and people are served meanwhile. */
const PATIENCE_MS = 20_000
const A_MOMENT_MS = 1_000
/** Requests by nobody in particular, each of which a share of traffic could meet. */
const KNOCKS = 40

/** When the certificate of an address ends; null where it speaks plain HTTP. */
export async function readCertificate(publicUrl: string | null): Promise<Known<Date | null>> {
  if (publicUrl === null || !publicUrl.startsWith('https:')) return known(null)
  const { hostname, port } = new URL(publicUrl)
  const { promise, resolve } = Promise.withResolvers<Known<Date>>()
  // Whatever is wrong with it otherwise: only its end is asked for, and an untrusted one still has one.
  const socket = connect({
    host: hostname,
    port: port === '' ? 443 : Number(port),
    servername: hostname,
    rejectUnauthorized: false,
    timeout: PATIENCE_MS
  })
  socket.on('secureConnect', () => resolve(known(new Date(socket.getPeerCertificate().valid_to))))
  // This process may itself have been too busy to look: what came meanwhile is heard first.
  socket.on('timeout', () => setTimeout(() => resolve(unknown(`${publicUrl} does not answer`)), A_MOMENT_MS))
  socket.on('error', (error) => resolve(unknown(error.message)))
  return promise.finally(() => socket.destroy())
}

/** @throws when the release is not ready to be asked, or another one answers */
export async function checkReady(address: string, release: string): Promise<void> {
  const response = await fetch(new URL('/api/v1/ready', address), { signal: AbortSignal.timeout(PATIENCE_MS) })
  const said = await response.text()
  if (!response.ok) throw new Error(`${address} is not ready: ${response.status} ${said.slice(0, 200)}`)
  const answering = response.headers.get('x-lyceum-release')
  if (release !== '' && answering !== null && answering !== release)
    throw new Error(`${answering} answers at ${address} instead of ${release}`)
}

/** @throws when anything at the address people use is still answered by this release */
export async function checkNotAtFrontDoor(publicUrl: string | null, release: string): Promise<void> {
  if (publicUrl === null) return
  for (let knock = 0; knock < KNOCKS; knock++) {
    const response = await fetch(new URL('/health', publicUrl), { signal: AbortSignal.timeout(PATIENCE_MS) })
    await response.arrayBuffer()
    if (response.headers.get('x-lyceum-release') === release)
      throw new Error(`${release} still answers at ${publicUrl}`)
  }
}
