import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient } from '@azure/storage-blob'
import { freePort } from '../../testing/free-port.ts'
import { isOpen, type Program, startProgram } from '../../testing/start-program.ts'
import { createAzureStore } from '../azure-store.ts'
import type { ObjectStore } from '../object-store.ts'
import { createS3Store } from '../s3-store.ts'

/** An object store of the test's own, as a process that can be stopped. */
export interface ObjectStoreServer extends Program {
  /** Settings of a product that keeps its files here. */
  readonly env: Readonly<Record<string, string>>
  /** @param wrong what to get wrong on purpose */
  store(wrong?: 'bucket' | 'credentials'): ObjectStore
}

export const BUCKET = 'lyceum'
/** Well-known account and key of the emulator, printed in its manual. */
export const ACCOUNT = 'devstoreaccount1'
export const ACCOUNT_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export const startObjectStore = (kind: 's3' | 'azure'): Promise<ObjectStoreServer> =>
  kind === 's3' ? startS3() : startAzure()

async function startS3(): Promise<ObjectStoreServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-s3-'))
  mkdirSync(join(folder, BUCKET))
  const server = await startEmulator(port, folder, 'SIGKILL', 's3rver/bin/s3rver.js', [
    ...['--directory', folder, '--address', '127.0.0.1', '--port', String(port)],
    ...['--silent', '--no-vhost-buckets']
  ])
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
  const server = await startEmulator(port, folder, 'SIGTERM', 'azurite/dist/src/blob/main.js', [
    ...['--location', folder, '--blobHost', '127.0.0.1', '--blobPort', String(port)],
    ...['--skipApiVersionCheck', '--silent', '--disableTelemetry']
  ])
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

const startEmulator = (
  port: number,
  folder: string,
  ending: NodeJS.Signals,
  script: string,
  args: readonly string[]
): Promise<Program> =>
  startProgram({
    command: process.execPath,
    args: [join(import.meta.dirname, '../../../../node_modules', script), ...args],
    folder,
    answers: () => isOpen(port),
    ending
  })
