import pg from 'pg'

/** What a server says about itself. */
export interface ServerAnswer {
  readonly data: string
  readonly version: string
}

/** SQLSTATE of a refused password. */
export const WRONG_PASSWORD = '28P01'

/** Signs in to the server on a port of this machine and asks which data directory it serves. Throws pg's error. */
export async function askServer(port: number, password: string): Promise<ServerAnswer> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 5000,
    query_timeout: 5000
  })
  // Without a listener, a server that dies at this moment would end our process.
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<ServerAnswer>(
      `select current_setting('data_directory') as data, split_part(current_setting('server_version'), ' ', 1) as version`
    )
    const [answer] = rows
    if (answer === undefined) throw new Error('The server gave no answer.')
    return answer
  } finally {
    await client.end().catch(() => {})
  }
}
