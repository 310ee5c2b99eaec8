import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createServer } from 'node:tls'
import { allMigrations } from '../../../../apps/server/src/migrations.ts'
import { type Config, readConfig } from '../../config/config.ts'
import { hasPostgres, type PostgresServer, postgresUser, startPostgres } from '../../db/testing/postgres-server.ts'
import { migrateUp } from '../../migrations/migrate.ts'
import { whereSecretsAre } from '../../secrets/where-secrets-are.ts'
import { openStorage } from '../../storage/open-storage.ts'
import type { Storage } from '../../storage/storage.ts'
import { ACCOUNT, ACCOUNT_KEY, BUCKET, startObjectStore } from '../../storage/testing/object-stores.ts'
import { makeKeyPair, readBackupKey } from '../backup-key.ts'
import { createBackup } from '../create-backup.ts'
import { createStanza } from '../pgbackrest/pgbackrest-engine.ts'
import { openStore } from '../repository/open-repositories.ts'
import { initialiseRepository } from '../repository/repository.ts'
import type { SetType } from '../set/set.ts'
import { ask, inLyceum } from './installation.ts'

const TENANT = '0198f3c0-0000-7000-8000-00000000beef'

/** Whether this machine has a PostgreSQL and pgBackRest: `apt-get install postgresql-15 pgbackrest`. */
export const hasPgBackRest = (): boolean => hasPostgres() && existsSync('/usr/bin/pgbackrest')

/** An installation whose PostgreSQL somebody else runs, backed up by pgBackRest into two repositories. */
export interface Outside {
  readonly root: string
  readonly home: string
  readonly config: Config
  readonly environment: Readonly<Record<string, string>>
  readonly identity: string
  readonly storage: Storage
  readonly server: PostgresServer
  readonly ownerUrl: string
  /** Folders of pgBackRest's repositories. */
  readonly repositories: readonly [string, string]
  readonly archiveCommand: string
  ask<Row>(sql: string): Promise<Row[]>
  backUp(type: SetType): ReturnType<typeof createBackup>
  /** Ends the segment that is written and waits until it is archived, as PostgreSQL says. */
  archive(): Promise<string>
  close(): Promise<void>
}

/**
 * @param options.offsite what the second repository is in, instead of a folder
 * @param options.archivedWithin how long pgBackRest waits for the log, in seconds
 */
export async function startOutside({
  offsite,
  archivedWithin = 10
}: {
  readonly offsite?: 's3' | 'azure'
  readonly archivedWithin?: number
} = {}): Promise<Outside> {
  const root = mkdtempSync(join(tmpdir(), 'lyceum-outside-'))
  chmodSync(root, 0o755)
  const folder = (name: string): string => {
    const path = join(root, name)
    mkdirSync(path)
    if (postgresUser.uid !== undefined) chownSync(path, postgresUser.uid, postgresUser.gid)
    return path
  }
  const sockets = folder('sockets')
  const repositories = [folder('repository-1'), folder('repository-2')] as const
  const server = await startPostgres([
    `unix_socket_directories = '${sockets}'`,
    'archive_mode = on',
    'archive_timeout = 60',
    'fsync = on',
    // Checkpoints of a full set would wait for the disk otherwise.
    'checkpoint_completion_target = 0.1'
  ])
  const file = join(root, 'pgbackrest.conf')
  const away = offsite === undefined ? undefined : await startObjectStorage(offsite, root)
  writeFileSync(
    file,
    `[global]
repo1-path=${repositories[0]}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=for-tests-alone
repo1-retention-full-type=time
repo1-retention-full=7
${away?.lines ?? `repo2-path=${repositories[1]}`}
repo2-cipher-type=aes-256-cbc
repo2-cipher-pass=for-tests-as-well
repo2-retention-full-type=time
repo2-retention-full=30
log-path=${folder('log')}
lock-path=${folder('lock')}
spool-path=${folder('spool')}
start-fast=y
compress-level=1
archive-timeout=${archivedWithin}
job-retry-interval=1

[lyceum]
pg1-path=${server.data}
pg1-port=${server.port}
pg1-user=postgres
pg1-socket-path=${sockets}
`
  )
  const archiveCommand = `pgbackrest --config=${file} --stanza=lyceum archive-push "%p"`
  await server.query('create database lyceum')
  const ownerUrl = inLyceum(server.url)
  await migrateUp({ ownerUrl, migrations: allMigrations(), log: () => undefined })
  await ask(ownerUrl, 'create table public.note (id int primary key, word text not null)')
  const { identity, recipient } = await makeKeyPair()
  const home = join(root, 'home')
  mkdirSync(home)
  const environment = {
    LYCEUM_HOME: home,
    RELEASE: 'test',
    DATABASE_URL: ownerUrl,
    BACKUP_REPOSITORY: join(root, 'sets'),
    BACKUP_RECIPIENT: recipient,
    BACKUP_PGBACKREST:
      postgresUser.uid === undefined
        ? 'pgbackrest'
        : `setpriv --reuid=${postgresUser.uid} --regid=${postgresUser.gid} --clear-groups pgbackrest`,
    BACKUP_PGBACKREST_CONFIG: file
  }
  const config = readConfig(environment)
  await initialiseRepository(
    await openStore(environment.BACKUP_REPOSITORY, config, { make: true }),
    'first',
    await readBackupKey({ recipient, identity: null })
  )
  const fault = await createStanza(config)
  if (fault !== null) throw new Error(fault)
  await setArchiveCommand(server, archiveCommand)
  const storage = await openStorage(config, home)
  await storage.put(TENANT, Readable.from([Buffer.from('a handout')]))
  return {
    root,
    home,
    config,
    environment,
    identity,
    storage,
    server,
    ownerUrl,
    repositories,
    archiveCommand,
    ask: (sql) => ask(ownerUrl, sql),
    backUp: async (type) =>
      createBackup(
        { config, home, ownerUrl, secrets: await whereSecretsAre(environment), tell: () => undefined },
        { type, archivedWithinMs: 8_000 }
      ),
    archive: async () => {
      const [row] = await server.query<{ file: string }>('select pg_walfile_name(pg_switch_wal()) as file')
      const file = row?.file ?? ''
      for (;;) {
        const [archiver] = await server.query<{ last: string }>(
          'select last_archived_wal as last from pg_stat_archiver'
        )
        if ((archiver?.last ?? '') >= file) return file
      }
    },
    close: async () => {
      await server.close()
      await away?.close()
      rmSync(root, { recursive: true, force: true })
    }
  }
}

/** An emulator of object storage, behind TLS as pgBackRest will have it. */
async function startObjectStorage(kind: 's3' | 'azure', root: string) {
  const store = await startObjectStore(kind)
  const [certificate, key] = [join(root, 'storage.crt'), join(root, 'storage.key')]
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate]
    ],
    { stdio: 'ignore' }
  )
  const { env } = store
  const behind = new URL(/https?:[^;]+/.exec(env.S3_ENDPOINT ?? env.AZURE_STORAGE_CONNECTION_STRING ?? '')?.[0] ?? '')
  const door = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (outer) => {
    const inner = connect(Number(behind.port), '127.0.0.1')
    for (const socket of [outer, inner]) socket.on('error', () => [outer, inner].map((one) => one.destroy()))
    outer.pipe(inner).pipe(outer)
  }).listen(0)
  await once(door, 'listening')
  const address = door.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const common = [`repo2-storage-port=${port}`, `repo2-storage-ca-file=${certificate}`, 'repo2-path=/pgbackrest']
  const its =
    kind === 's3'
      ? [
          ...['repo2-type=s3', 'repo2-s3-endpoint=localhost', 'repo2-s3-region=us-east-1', 'repo2-s3-uri-style=path'],
          ...[`repo2-s3-bucket=${BUCKET}`, 'repo2-s3-key=S3RVER', 'repo2-s3-key-secret=S3RVER']
        ]
      : [
          ...['repo2-type=azure', 'repo2-azure-endpoint=localhost', 'repo2-azure-uri-style=path'],
          ...[`repo2-azure-container=${BUCKET}`, `repo2-azure-account=${ACCOUNT}`, `repo2-azure-key=${ACCOUNT_KEY}`]
        ]
  return {
    lines: [...its, ...common].join('\n'),
    close: async () => {
      door.close()
      await store.close()
    }
  }
}

/** Takes effect at once. */
export async function setArchiveCommand(server: PostgresServer, command: string): Promise<void> {
  await server.query(`alter system set archive_command = '${command.replaceAll("'", "''")}'`)
  await server.query('select pg_reload_conf()')
  for (;;) {
    const [row] = await server.query<{ command: string }>(`select current_setting('archive_command') as command`)
    if (row?.command === command) return
  }
}

/** What pgBackRest says of itself, for tests that look over its shoulder. */
export const pgbackrest = ({ environment }: Pick<Outside, 'environment'>, ...args: string[]): string => {
  const [program = '', ...before] = (environment.BACKUP_PGBACKREST ?? '').split(' ')
  return execFileSync(
    program,
    [...before, `--config=${environment.BACKUP_PGBACKREST_CONFIG}`, '--stanza=lyceum', ...args],
    { encoding: 'utf8' }
  )
}
