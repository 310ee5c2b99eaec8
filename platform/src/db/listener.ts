import pg from 'pg'
import { openPrimary } from './primary.ts'

/** Hears NOTIFY on its own connection and comes back after the database was away. */
export interface Listener {
  /** @param heard gets the payload; also called with '' after every reconnect, because messages may have been missed. */
  on(channel: string, heard: (payload: string) => void): Promise<void>
  close(): Promise<void>
}

/** LISTEN needs a session of its own: with a pooler in between, give its direct address. */
export function openListener(url: string, applicationName: string): Listener {
  const channels = new Map<string, ((payload: string) => void)[]>()
  let client: pg.Client | undefined
  let connecting: Promise<void> | undefined
  let closed = false
  let retry: NodeJS.Timeout | undefined
  const primary = openPrimary(url)
  primary.onMove(() => {
    const last = client
    if (!last) return
    // It may hang, and would never say that it has ended.
    again(0)
    void last.end().catch(() => undefined)
  })

  const open = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: primary.url,
      application_name: `${applicationName} listener`,
      keepAlive: true,
      connectionTimeoutMillis: 5_000
    })
    next.on('error', () => undefined)
    next.on('notification', ({ channel, payload }) => {
      for (const heard of channels.get(channel) ?? []) heard(payload ?? '')
    })
    next.on('end', () => {
      if (client === next) again()
    })
    try {
      await next.connect()
      for (const channel of channels.keys()) await next.query(`listen ${pg.escapeIdentifier(channel)}`)
      client = next
      for (const listeners of channels.values()) for (const heard of listeners) heard('')
    } catch {
      await next.end().catch(() => undefined)
      again()
    }
  }
  /** One at a time: a second connection would be nobody's, and keep the process from ending. */
  const connect = (): Promise<void> => {
    retry = undefined
    connecting ??= open().finally(() => {
      connecting = undefined
    })
    return connecting
  }
  const again = (afterMs = 1_000) => {
    client = undefined
    clearTimeout(retry)
    if (!closed) retry = setTimeout(() => void connect(), afterMs)
  }

  return {
    on: async (channel, heard) => {
      channels.set(channel, [...(channels.get(channel) ?? []), heard])
      if (client) await client.query(`listen ${pg.escapeIdentifier(channel)}`)
      else if (!retry) await connect()
    },
    close: async () => {
      closed = true
      clearTimeout(retry)
      await connecting
      const last = client
      client = undefined
      primary.close()
      await last?.end().catch(() => undefined)
    }
  }
}
