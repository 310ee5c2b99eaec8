import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { createDiskStorage } from './disk-storage.ts'
import { createObjectStorage } from './object-storage.ts'
import type { ObjectStore } from './object-store.ts'
import type { Storage } from './storage.ts'

/** The storage that the settings name. Whether it can be reached is for health to say: nothing is asked here. */
export async function openStorage(config: Config, home: string): Promise<Storage> {
  const store = await openObjects(config)
  if (!store) return createDiskStorage({ folder: join(home, 'files') })
  return createObjectStorage({
    store,
    folder: join(home, 'passing'),
    direct: config.STORAGE_DIRECT,
    cdnUrl: config.CDN_URL
  })
}

/** The object store that the settings name; undefined where files lie on a disk. */
export async function openObjects(config: Config): Promise<ObjectStore | undefined> {
  if (config.STORAGE === 'disk') return undefined
  return config.STORAGE === 's3' ? openS3(config) : openAzure(config)
}

// Loaded where they are used only: each is as much code as the rest of the platform.
async function openS3(config: Config): Promise<ObjectStore> {
  const { createS3Store } = await import('./s3-store.ts')
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config
  return createS3Store({
    endpoint: config.S3_ENDPOINT,
    region: config.S3_REGION,
    bucket: config.S3_BUCKET ?? '',
    credentials: accessKeyId === null || secretAccessKey === null ? null : { accessKeyId, secretAccessKey }
  })
}

async function openAzure(config: Config): Promise<ObjectStore> {
  const { createAzureStore } = await import('./azure-store.ts')
  return createAzureStore({
    connectionString: config.AZURE_STORAGE_CONNECTION_STRING ?? '',
    container: config.AZURE_STORAGE_CONTAINER
  })
}
