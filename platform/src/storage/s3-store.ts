import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { isNetworkFault, type ObjectStore, PARTS_AT_ONCE, partSize } from './object-store.ts'
import { StorageFull, StorageRefused, StorageUnavailable } from './storage.ts'

export interface S3Place {
  /** Of a store that is not Amazon’s; null for Amazon S3 itself. */
  readonly endpoint: string | null
  readonly region: string
  readonly bucket: string
  /** Null where the machine itself is known to the store, such as by an instance role. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null
}

/** Attempts of one request; the pauses between them grow to at most a few seconds. */
const ATTEMPTS = 4

/** Amazon S3 and what speaks like it: MinIO, Ceph, Cloudflare R2, Backblaze B2, Hetzner and others. */
export function createS3Store({ endpoint, region, bucket, credentials }: S3Place): ObjectStore & { close(): void } {
  const client = new S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === null ? {} : { credentials }),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    // What is sent is signed with its SHA-256 anyway, which every store checks. The newer checksums in trailers are
    // unknown to many of them, and some keep the framing around a trailer as if it were content.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED'
  })
  const place = `The bucket ${bucket} at ${endpoint ?? `Amazon S3 (${region})`}`
  const at = (name: string) => ({ Bucket: bucket, Key: name })

  /** What the store said, in our words; undefined where it said that there is no such object. */
  const refusal = (error: unknown): Error | undefined => {
    if (isNetworkFault(error)) return StorageUnavailable(place)
    if (!(error instanceof S3ServiceException)) return error instanceof Error ? error : new Error(String(error))
    const status = error.$metadata.httpStatusCode ?? 0
    if (error.name === 'NoSuchBucket')
      return StorageRefused(`${place} does not exist. Make it, or correct S3_BUCKET, S3_ENDPOINT and S3_REGION.`)
    if (status === 404) return undefined
    if (status === 507 || /StorageFull|QuotaExceeded/.test(error.name)) return StorageFull()
    if (status === 401 || status === 403)
      return StorageRefused(
        `${place} answers ${error.name}. Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, the clock of this machine, and that the key may list, read, write and delete there.`
      )
    if (status === 301 || error.name === 'PermanentRedirect')
      return StorageRefused(`${place} is in another region. Correct S3_REGION.`)
    return status >= 500 || status === 429 ? StorageUnavailable(place) : error
  }
  const missing = (error: unknown): undefined => {
    const told = refusal(error)
    if (told) throw told
  }
  const told = (error: unknown): never => {
    throw refusal(error) ?? StorageRefused(`${place} does not exist. Make it, or correct S3_BUCKET.`)
  }

  return {
    place,
    putFile: async (name, path, size) => {
      const upload = new Upload({
        client,
        params: { ...at(name), Body: createReadStream(path) },
        partSize: partSize(size),
        queueSize: PARTS_AT_ONCE
      })
      await upload.done().catch(told)
    },
    putBytes: async (name, bytes) => {
      await client.send(new PutObjectCommand({ ...at(name), Body: bytes })).catch(told)
    },
    size: async (name) => (await client.send(new HeadObjectCommand(at(name))).catch(missing))?.ContentLength,
    read: async (name, range) => {
      const Range = range ? { Range: `bytes=${range.start}-${range.end}` } : {}
      const answer = await client.send(new GetObjectCommand({ ...at(name), ...Range })).catch((error: unknown) => {
        // Begins behind the end.
        if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 416)
          return { Body: Readable.from([]), ContentLength: 0 }
        return missing(error)
      })
      if (!answer) return undefined
      if (!(answer.Body instanceof Readable)) throw StorageUnavailable(place)
      return { bytes: answer.Body, size: answer.ContentLength ?? 0 }
    },
    delete: async (name) => {
      await client.send(new DeleteObjectCommand(at(name))).catch(missing)
    },
    list: async (prefix) => {
      const found: { name: string; size: number }[] = []
      try {
        for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
          for (const { Key, Size } of page.Contents ?? [])
            if (Key !== undefined) found.push({ name: Key, size: Size ?? 0 })
      } catch (error) {
        told(error)
      }
      return found
    },
    address: (name, { contentType, contentDisposition, cacheControl, from, until }) =>
      getSignedUrl(
        client,
        new GetObjectCommand({
          ...at(name),
          ResponseContentType: contentType,
          ResponseContentDisposition: contentDisposition,
          ResponseCacheControl: cacheControl
        }),
        { signingDate: from, expiresIn: Math.floor((until.getTime() - from.getTime()) / 1000) }
      ),
    close: () => client.destroy()
  }
}
