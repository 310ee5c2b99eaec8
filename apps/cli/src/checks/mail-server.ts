import { connect } from 'node:net'
import { type Check, fault, note, ok } from './check.ts'

export const mailServer: Check = {
  what: 'mail',
  check: async ({ config: { SMTP_URL } }) => {
    if (SMTP_URL === null)
      return note('no SMTP_URL: mail is held and shown to administrators', 'Set SMTP_URL to send it.')
    const { hostname, port, protocol } = new URL(SMTP_URL)
    const number = Number(port) || (protocol === 'smtps:' ? 465 : 587)
    const refusal = await reach(hostname, number)
    return refusal === undefined
      ? ok(`${hostname}:${number} can be reached`)
      : fault(
          `${hostname}:${number} cannot be reached (${refusal})`,
          'Check SMTP_URL, and that the firewall lets this machine out on that port.'
        )
  }
}

function reach(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5_000 })
    const end = (refusal?: string) => {
      socket.destroy()
      resolve(refusal)
    }
    socket.once('connect', () => end())
    socket.once('timeout', () => end('no answer within 5 seconds'))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}
