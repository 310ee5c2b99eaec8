import pg from 'pg'
import { createLogin, type Login, type Password } from '../db/login.ts'

/** The two logins of a running installation, with passwords that only this installation knows. */
export interface Logins {
  /** Through the pooler, where there is one. */
  readonly appUrl: Login
  /** The same login past it: notices need a connection that stays. */
  readonly listenUrl: Login
  readonly jobsUrl: Login
  /** The login of `appUrl` at each replica. */
  readonly replicaUrls: readonly Login[]
}

/** Where the database is reached other than by its owner; what is left out is where the owner reaches it. */
export interface Ways {
  /** Through a pooler. */
  readonly pooledUrl?: string | null
  /** Past it, with all hosts. */
  readonly directUrl?: string | null
  readonly replicaUrls?: readonly string[]
}

/**
 * Gives the logins their passwords (roles are shared by a whole PostgreSQL server) and says how to connect as them. What a
 * connection asks for when it begins is not heard through a pooler; so the login of the product brings it along.
 * @param ownerUrl one host, which takes writes
 */
export async function prepareLogins(
  ownerUrl: string,
  { app, jobs }: { readonly app: Password; readonly jobs: Password },
  { pooledUrl, directUrl, replicaUrls = [] }: Ways = {}
): Promise<Logins> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum migrate' })
  await client.connect()
  try {
    await setPassword(client, 'lyceum_app', app)
    const { rows } = await client.query<{ rolconfig: string[] | null }>(
      `select rolconfig from pg_roles where rolname = 'lyceum_app'`
    )
    // Only where they differ: processes that start together would change one row at once, which PostgreSQL refuses.
    for (const [name, value] of Object.entries(APP_SETTINGS))
      if (!rows[0]?.rolconfig?.includes(`${name}=${value}`))
        await client.query(`alter role lyceum_app set ${name} = ${pg.escapeLiteral(value)}`)
    await setPassword(client, 'lyceum_jobs', jobs)
  } finally {
    await client.end()
  }
  return {
    appUrl: createLogin(pooledUrl ?? ownerUrl, 'lyceum_app', app),
    listenUrl: createLogin(directUrl ?? ownerUrl, 'lyceum_app', app),
    jobsUrl: createLogin(directUrl ?? ownerUrl, 'lyceum_jobs', jobs),
    replicaUrls: replicaUrls.map((url) => createLogin(url, 'lyceum_app', app))
  }
}

/**
 * New connections need it from now on; those that are open stay.
 * @param client as the owner of the database
 */
export async function setPassword(
  client: pg.Client,
  role: 'lyceum_app' | 'lyceum_jobs',
  { candidates: [newest = ''] }: Pick<Password, 'candidates'>
): Promise<void> {
  await client.query(`alter role ${role} password ${pg.escapeLiteral(newest)}`)
}

/** As `openDatabase` asks for them. */
const APP_SETTINGS = { TimeZone: 'UTC', statement_timeout: '30s', idle_in_transaction_session_timeout: '60s' } as const
