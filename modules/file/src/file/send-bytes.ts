import { pipeline } from 'node:stream/promises'
import type { Exchange } from '@lyceum/platform/module'
import type { ByteRange, Storage } from '@lyceum/platform/storage'
import parseRange from 'range-parser'

export interface Representation {
  readonly key: string
  readonly size: number
  /** Strong: the same tag means the same bytes. */
  readonly etag: string
  readonly headers: Readonly<Record<string, string>>
  /** The time for which the store may give the bytes away itself, where it can; null where it must not. */
  readonly elsewhere: { readonly from: Date; readonly until: Date } | null
}

/** Answers GET and HEAD for stored bytes: conditional requests, and one range at a time (RFC 9110 §13 and §14). */
export async function sendBytes(
  { req, res }: Pick<Exchange, 'req' | 'res'>,
  storage: Storage,
  { key, size, etag, headers, elsewhere }: Representation
): Promise<void> {
  for (const [name, value] of Object.entries({ ...headers, etag, 'accept-ranges': 'bytes' })) res.setHeader(name, value)
  if (isKnown(req.headers['if-none-match'], etag)) {
    res.writeHead(304).end()
    return
  }
  const address =
    elsewhere && req.method === 'GET' && size > 0
      ? await storage.address(key, {
          size,
          contentType: headers['content-type'] ?? 'application/octet-stream',
          contentDisposition: headers['content-disposition'] ?? 'attachment',
          cacheControl: headers['cache-control'] ?? 'private',
          ...elsewhere
        })
      : null
  if (address !== null) {
    // The reader asks there for the same range.
    for (const name of ['content-type', 'content-disposition', 'etag', 'accept-ranges']) res.removeHeader(name)
    res.writeHead(302, { location: address, 'content-length': 0 }).end()
    return
  }
  const range = rangeOf(req.headers.range, String(req.headers['if-range'] ?? etag), size, etag)
  if (range === 'unsatisfiable') {
    res.removeHeader('content-disposition')
    res.writeHead(416, { 'content-range': `bytes */${size}`, 'content-length': 0 }).end()
    return
  }
  // Opened before anything is said, so that missing bytes are an error and not a broken transfer.
  const bytes = req.method === 'HEAD' || size === 0 ? undefined : await storage.read(key, range)
  if (range) res.setHeader('content-range', `bytes ${range.start}-${range.end}/${size}`)
  res.writeHead(range ? 206 : 200, { 'content-length': range ? range.end - range.start + 1 : size })
  if (!bytes) {
    res.end()
    return
  }
  try {
    await pipeline(bytes, res)
  } catch (error) {
    // Players and phones close the connection when they have enough.
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error
  }
}

const isKnown = (header: string | undefined, etag: string): boolean =>
  header?.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag) ?? false

/** Several ranges at once, other units and nonsense get everything, as RFC 9110 §14.2 allows. */
function rangeOf(
  range: string | undefined,
  ifRange: string,
  size: number,
  etag: string
): ByteRange | 'unsatisfiable' | undefined {
  if (range === undefined || ifRange.trim() !== etag) return undefined
  const parsed = parseRange(size, range)
  if (parsed === -1) return 'unsatisfiable'
  if (parsed === -2 || parsed.type !== 'bytes' || parsed.length !== 1) return undefined
  return parsed[0]
}
