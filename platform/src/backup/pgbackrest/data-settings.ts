import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Files of settings that some keep beside the data; those of a copy are ours, and the others wait under another name. */
const SETTINGS = ['postgresql.conf', 'pg_hba.conf', 'pg_ident.conf'] as const
const KEPT = '.before-restore'

/** What runs over a copy is told by us alone how, and lets nobody in but us. */
export async function openToUs(data: string): Promise<void> {
  for (const name of SETTINGS)
    if (existsSync(join(data, name))) await rename(join(data, name), join(data, `${name}${KEPT}`))
  await rename(join(data, 'postgresql.auto.conf'), join(data, `postgresql.auto.conf${KEPT}`))
  await writeFile(join(data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n', { mode: 0o600 })
  for (const name of ['postgresql.conf', 'pg_ident.conf', 'postgresql.auto.conf'])
    await writeFile(join(data, name), '', { mode: 0o600 })
}

/** Settings as they were when the database was backed up, for whoever runs it from now on. */
export async function giveBackSettings(data: string): Promise<void> {
  for (const name of [...SETTINGS, 'postgresql.auto.conf']) {
    await rm(join(data, name), { force: true })
    if (existsSync(join(data, `${name}${KEPT}`))) await rename(join(data, `${name}${KEPT}`), join(data, name))
  }
}
