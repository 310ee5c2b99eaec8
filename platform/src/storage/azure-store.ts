import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import {
  BlobSASPermissions,
  BlobServiceClient,
  generateBlobSASQueryParameters,
  RestError,
  StorageSharedKeyCredential
} from '@azure/storage-blob'
import { isNetworkFault, type ObjectStore, PARTS_AT_ONCE, partSize } from './object-store.ts'
import { StorageFull, StorageRefused, StorageUnavailable } from './storage.ts'

export interface AzurePlace {
  /** With the account's name and key, as the portal shows it. */
  readonly connectionString: string
  readonly container: string
}

/** Azure Blob Storage. */
export function createAzureStore({ connectionString, container }: AzurePlace): ObjectStore {
  const service = BlobServiceClient.fromConnectionString(connectionString, {
    retryOptions: { maxTries: 4, retryDelayInMs: 200, maxRetryDelayInMs: 5_000, tryTimeoutInMs: 30_000 }
  })
  const blobs = service.getContainerClient(container)
  const place = `The container ${container} at ${service.url.replace(/\/$/, '')}`

  /** What the store said, in our words; undefined where it said that there is no such object. */
  const refusal = (error: unknown): Error | undefined => {
    if (!(error instanceof RestError) || error.statusCode === undefined)
      return isNetworkFault(error)
        ? StorageUnavailable(place)
        : error instanceof Error
          ? error
          : new Error(String(error))
    const { statusCode: status, code = String(error.statusCode) } = error
    if (/^Container(?:NotFound|BeingDeleted|Disabled)$/.test(code))
      return StorageRefused(`${place} does not exist. Make it, or correct AZURE_STORAGE_CONTAINER.`)
    if (status === 404) return undefined
    if (status === 507 || /QuotaExceeded|AccountLimit/.test(code)) return StorageFull()
    if (status === 401 || status === 403)
      return StorageRefused(
        `${place} answers ${code}. Check AZURE_STORAGE_CONNECTION_STRING, the clock of this machine, and the firewall of the account.`
      )
    return status >= 500 || status === 429 || status === 408 ? StorageUnavailable(place) : error
  }
  const missing = (error: unknown): undefined => {
    const told = refusal(error)
    if (told) throw told
  }
  const told = (error: unknown): never => {
    throw refusal(error) ?? StorageRefused(`${place} does not exist. Make it, or correct AZURE_STORAGE_CONTAINER.`)
  }

  /** Block by block, each with its MD5, which the store checks; nothing is visible before the list of them is committed. */
  const putFile: ObjectStore['putFile'] = async (name, path, size) => {
    const blob = blobs.getBlockBlobClient(name)
    const length = partSize(size)
    const count = Math.ceil(size / length)
    const ids = Array.from({ length: count }, (_, part) =>
      Buffer.from(String(part).padStart(8, '0')).toString('base64')
    )
    const file = await open(path)
    const left = ids.entries()
    try {
      const sendBlocks = async (): Promise<void> => {
        for (const [part, id] of left) {
          const bytes = Buffer.alloc(Math.min(length, size - part * length))
          await file.read(bytes, 0, bytes.length, part * length)
          await blob.stageBlock(id, bytes, bytes.length, { transactionalContentMD5: md5(bytes) })
        }
      }
      await Promise.all(Array.from({ length: PARTS_AT_ONCE }, sendBlocks))
      await blob.commitBlockList(ids)
    } catch (error) {
      told(error)
    } finally {
      await file.close()
    }
  }

  return {
    place,
    putFile,
    putBytes: async (name, bytes) => {
      const blob = blobs.getBlockBlobClient(name)
      await blob.upload(bytes, bytes.length, { blobHTTPHeaders: { blobContentMD5: md5(bytes) } }).catch(told)
    },
    size: async (name) => (await blobs.getBlobClient(name).getProperties().catch(missing))?.contentLength,
    read: async (name, range) => {
      const length = range ? range.end - range.start + 1 : undefined
      const answer = await blobs
        .getBlobClient(name)
        .download(range?.start, length, { maxRetryRequests: 2 })
        .catch((error: unknown) => {
          // Begins behind the end.
          if (error instanceof RestError && error.statusCode === 416)
            return { readableStreamBody: Readable.from([]), contentLength: 0 }
          return missing(error)
        })
      if (!answer) return undefined
      const { readableStreamBody: body, contentLength = 0 } = answer
      if (!(body instanceof Readable)) throw StorageUnavailable(place)
      return { bytes: body, size: contentLength }
    },
    delete: async (name) => {
      await blobs.getBlobClient(name).deleteIfExists().catch(missing)
    },
    list: async (prefix) => {
      const found: { name: string; size: number }[] = []
      try {
        for await (const { name, properties } of blobs.listBlobsFlat({ prefix }))
          found.push({ name, size: properties.contentLength ?? 0 })
      } catch (error) {
        told(error)
      }
      return found
    },
    address: async (name, { contentType, contentDisposition, cacheControl, from, until }) => {
      const { credential } = service
      if (!(credential instanceof StorageSharedKeyCredential))
        throw StorageRefused('AZURE_STORAGE_CONNECTION_STRING has no AccountKey, which signs addresses.')
      const signature = generateBlobSASQueryParameters(
        {
          containerName: container,
          blobName: name,
          permissions: BlobSASPermissions.from({ read: true }),
          startsOn: from,
          expiresOn: until,
          contentType,
          contentDisposition,
          cacheControl
        },
        credential
      )
      return `${blobs.getBlobClient(name).url}?${signature}`
    }
  }
}

const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest()
