import { chooseAccount } from './account.ts'
import type { PostgresBinaries } from './binaries.ts'
import { askAlone } from './data-directory.ts'
import { layoutOf } from './home-layout.ts'

/** What PostgreSQL keeps of the superuser's password; null where he has none. Asked and said while no server runs. */
export async function readPasswordHash(home: string, binaries: PostgresBinaries): Promise<string | null> {
  const printed = await askAlone(
    await place(home, binaries),
    `select rolpassword from pg_authid where rolname = 'postgres'`
  )
  return /rolpassword = "([^"]+)"/.exec(printed)?.[1] ?? null
}

/** Gives the superuser the password back that he had. */
export async function restorePasswordHash(
  home: string,
  binaries: PostgresBinaries,
  hash: string | null
): Promise<void> {
  const value = hash === null ? 'null' : `'${hash.replaceAll("'", "''")}'`
  await askAlone(await place(home, binaries), `alter role postgres password ${value}`)
}

async function place(home: string, binaries: PostgresBinaries) {
  const layout = layoutOf(home)
  return { layout, binaries, account: await chooseAccount(layout, binaries) }
}
