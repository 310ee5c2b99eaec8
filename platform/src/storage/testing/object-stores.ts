import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BlobServiceClient } from '@azure/storage-blob'
import { createAzureStore } from '../azure-store.ts'
import type { ObjectStore } from '../object-store.ts'
import { createS3Store } from '../s3-store.ts'

/** An object store of the test's own, as a process that can be stopped. */
export interface ObjectStoreServer {
  /** Settings of a product that keeps its files here. */
  readonly env: Readonly<Record<string, string>>
  /** @param wrong what to get wrong on purpose */
  store(wrong?: 'bucket' | 'credentials'): ObjectStore
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

export const BUCKET = 'lyceum'
/** Well-known account and key of the emulator, printed in its manual. */
const ACCOUNT = 'devstoreaccount1'
const ACCOUNT_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export const startObjectStore = (kind: 's3' | 'azure'): Promise<ObjectStoreServer> =>
  kind === 's3' ? startS3() : startAzure()

async function startS3(): Promise<ObjectStoreServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-s3-'))
  const server = processOf(port, folder, 'SIGKILL', 's3rver/bin/s3rver.js', [
    ...['--directory', folder, '--address', '127.0.0.1', '--port', String(port)],
    ...['--silent', '--no-vhost-buckets']
  ])
  mkdirSync(join(folder, BUCKET))
  await server.start()
  const endpoint = `http://127.0.0.1:${port}`
  return {
    ...server,
    env: {
      STORAGE: 's3',
      S3_ENDPOINT: endpoint,
      S3_BUCKET: BUCKET,
      S3_ACCESS_KEY_ID: 'S3RVER',
      S3_SECRET_ACCESS_KEY: 'S3RVER'
    },
    store: (wrong) =>
      createS3Store({
        endpoint,
        region: 'us-east-1',
        bucket: wrong === 'bucket' ? 'elsewhere' : BUCKET,
        credentials: { accessKeyId: wrong === 'credentials' ? 'nobody' : 'S3RVER', secretAccessKey: 'S3RVER' }
      })
  }
}

async function startAzure(): Promise<ObjectStoreServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-azure-'))
  // This one keeps what it acknowledged only when it is asked to end.
  const server = processOf(port, folder, 'SIGTERM', 'azurite/dist/src/blob/main.js', [
    ...['--location', folder, '--blobHost', '127.0.0.1', '--blobPort', String(port)],
    ...['--skipApiVersionCheck', '--silent', '--disableTelemetry']
  ])
  await server.start()
  const connection = (key: string) =>
    `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};BlobEndpoint=http://127.0.0.1:${port}/${ACCOUNT};`
  await BlobServiceClient.fromConnectionString(connection(ACCOUNT_KEY)).getContainerClient(BUCKET).create()
  return {
    ...server,
    env: {
      STORAGE: 'azure',
      AZURE_STORAGE_CONNECTION_STRING: connection(ACCOUNT_KEY),
      AZURE_STORAGE_CONTAINER: BUCKET
    },
    store: (wrong) =>
      createAzureStore({
        connectionString: connection(
          wrong === 'credentials' ? Buffer.alloc(64, 'wrong').toString('base64') : ACCOUNT_KEY
        ),
        container: wrong === 'bucket' ? 'elsewhere' : BUCKET
      })
  }
}

function processOf(port: number, folder: string, ending: NodeJS.Signals, script: string, args: readonly string[]) {
  let server: ChildProcess | undefined
  const stop = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    server.kill(ending)
    await gone
  }
  return {
    start: async () => {
      const path = join(import.meta.dirname, '../../../../node_modules', script)
      server = spawn(process.execPath, [path, ...args], { stdio: 'ignore' })
      while (!(await answers(port))) await sleep(50)
    },
    stop,
    close: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
