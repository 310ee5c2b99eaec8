import pg from 'pg'

const PATIENCE_MS = 3_000

/** Another server, a promotion, a restart, and copies that come or go; each of them loses or delays requests of any release. */
const MARK = `
  select (select system_identifier from pg_control_system())::text as system,
         (select timeline_id from pg_control_checkpoint()) as timeline,
         pg_is_in_recovery() as recovering,
         pg_postmaster_start_time()::text as since,
         coalesce(inet_server_addr()::text, '') as address,
         (select coalesce(string_agg(application_name, ',' order by application_name), '') from pg_stat_replication
          where state is null or state in ('streaming', 'catchup')) as copies`

/** Which database serves, as one mark: two that differ mean that something moved in between. @throws when it does not answer */
export async function readDatabaseMark(ownerUrl: string): Promise<string> {
  const client = new pg.Client({
    connectionString: ownerUrl,
    application_name: 'lyceum release',
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<Readonly<Record<string, unknown>>>(MARK)
    return Object.entries(rows[0] ?? {})
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' ')
  } finally {
    await client.end().catch(() => undefined)
  }
}
