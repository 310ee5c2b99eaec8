import pg from 'pg'

/** The two logins of a running installation, with passwords that only this installation knows. */
export interface Logins {
  readonly appUrl: string
  readonly jobsUrl: string
}

/** Gives the logins their passwords (roles are shared by a whole PostgreSQL server) and says how to connect as them. */
export async function prepareLogins(
  ownerUrl: string,
  passwords: { readonly app: string; readonly jobs: string }
): Promise<Logins> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum migrate' })
  await client.connect()
  try {
    await client.query(`alter role lyceum_app password ${pg.escapeLiteral(passwords.app)}`)
    await client.query(`alter role lyceum_jobs password ${pg.escapeLiteral(passwords.jobs)}`)
  } finally {
    await client.end()
  }
  return { appUrl: as(ownerUrl, 'lyceum_app', passwords.app), jobsUrl: as(ownerUrl, 'lyceum_jobs', passwords.jobs) }
}

function as(ownerUrl: string, user: string, password: string): string {
  const url = new URL(ownerUrl)
  url.username = user
  url.password = password
  return url.href
}
