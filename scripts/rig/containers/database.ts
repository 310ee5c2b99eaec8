import { once } from 'node:events'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import pg from 'pg'

/** A database for a container of this machine to speak to: prints its address, and runs until it is told to stop. */
const tell = (line: string) => void process.stderr.write(`${line}\n`)
const home = process.argv[2]
if (home === undefined) throw new Error('Where? node scripts/rig/container-database.ts FOLDER')
const postgres = await startEmbeddedPostgres({
  home,
  log: {
    info: () => undefined,
    warn: (_: object, message: string) => tell(message),
    error: (_: object, message: string) => tell(message)
  }
})
const client = new pg.Client({ connectionString: postgres.url })
await client.connect()
await client.query('drop database if exists rig with (force)')
await client.query('create database rig')
await client.end()
const url = new URL(postgres.url)
url.pathname = '/rig'
process.stdout.write(`${url.href}\n`)
await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
await postgres.stop()
