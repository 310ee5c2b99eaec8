import { Readable } from 'node:stream'
import { defineError } from '@lyceum/platform/errors'
import type { Exchange, RawRoute } from '@lyceum/platform/module'
import { isOutOfSpace } from '@lyceum/platform/storage'
import { create as contentDisposition } from 'content-disposition'
import type { FileContext, FileServices } from '../context.ts'
import { makeSmaller } from '../rendition/picture.ts'
import { isPicture, isVariant, type Variant } from '../rendition/rendition.ts'
import { FileNotFound, FileNotReady, FileQuarantined } from './file.ts'
import { addressLifetime, windowOf } from './file-address.ts'
import { sendBytes } from './send-bytes.ts'

const AddressExpired = defineError(
  'file.address-expired',
  'forbidden',
  () => 'This address has expired or was changed. Open the page it came from again to get a fresh one.'
)
const VariantUnknown = defineError(
  'file.variant-unknown',
  'invalid',
  () => 'There is no such rendition. Ask for w320, w640 or w1280, or for the file itself.'
)

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** `/files/<id>/content/<name>`: the bytes, for whoever holds the signed address. */
export function contentRoute(services: Pick<FileServices, 'storage' | 'keys'>): RawRoute {
  return {
    methods: ['GET', 'HEAD'],
    path: '/files/:fileId/content/:name',
    access: 'anyone',
    summary: 'The bytes of a file, by its signed address; `&variant=w320|w640|w1280` for a smaller picture',
    handle: (exchange) => serveFile(services, exchange)
  }
}

async function serveFile({ storage, keys }: Pick<FileServices, 'storage' | 'keys'>, exchange: Exchange): Promise<void> {
  const { params, query, caller, transact } = exchange
  const { fileId = '' } = params
  const variant = query.get('variant')
  if (variant !== null && !isVariant(variant)) throw VariantUnknown()
  if (!ID.test(fileId)) throw FileNotFound()
  const { file, now } = await transact((context: FileContext) => readFile(context, fileId, variant))
  if (!file) throw FileNotFound()
  const lifetime = addressLifetime(keys, caller.tenantId, fileId, query, now)
  if (lifetime === undefined) throw AddressExpired()
  if (file.state === 'quarantined') throw FileQuarantined(file.reason ?? '')
  if (file.state === 'receiving' || file.key === null) throw FileNotReady()

  const rendition =
    variant === null || !isPicture(file.mediaType)
      ? null
      : await renditionOf(storage, exchange, { ...file, key: file.key }, variant)
  const key = rendition?.key ?? file.key
  const shown = rendition ? { name: `${file.name}.webp`, mediaType: 'image/webp', scripted: false } : file
  await sendBytes(exchange, storage, {
    key,
    size: rendition?.size ?? file.size,
    etag: `"${key.slice(key.indexOf('/') + 1)}"`,
    headers: { ...headersOf(shown), 'cache-control': `private, max-age=${lifetime}, immutable` },
    elsewhere: mayComeFromElsewhere(shown) ? windowOf(query) : null
  })
}

async function readFile({ tx, now }: FileContext, fileId: string, variant: Variant | null) {
  const file = await tx
    .selectFrom('file.file as f')
    .leftJoin('file.rendition as r', (join) => join.onRef('r.sha256', '=', 'f.sha256').on('r.variant', '=', variant))
    .select([
      'f.name',
      'f.media_type as mediaType',
      'f.size',
      'f.sha256',
      'f.key',
      'f.state',
      'f.reason',
      'f.scripted',
      'r.variant as madeVariant',
      'r.key as madeKey'
    ])
    .where('f.id', '=', fileId)
    .where('f.deleted_at', 'is', null)
    .executeTakeFirst()
  return { file, now }
}

interface Picture {
  readonly key: string
  readonly sha256: string
  readonly madeVariant: Variant | null
  readonly madeKey: string | null
}

type Rendition = { readonly key: string; readonly size: number } | null

/** A class that opens a page together asks for the same picture at once: it is made once for all of them. */
const making = new Map<string, Promise<Rendition>>()

/** Made on the first request and kept; null where the picture is better served as it is. */
async function renditionOf(
  storage: FileServices['storage'],
  exchange: Exchange,
  picture: Picture,
  variant: Variant
): Promise<Rendition> {
  const { madeVariant, madeKey } = picture
  if (madeVariant !== null && madeKey === null) return null
  const size = madeKey === null ? undefined : await storage.size(madeKey).catch(() => undefined)
  if (madeKey !== null && size !== undefined) return { key: madeKey, size }
  const name = `${picture.key} ${variant}`
  const made = making.get(name) ?? makeRendition(storage, exchange, picture, variant).finally(() => making.delete(name))
  making.set(name, made)
  return made
}

async function makeRendition(
  storage: FileServices['storage'],
  { caller: { tenantId }, transact }: Exchange,
  { key, sha256 }: Picture,
  variant: Variant
): Promise<Rendition> {
  const copy = await storage.localCopy(key)
  const bytes = await makeSmaller(copy.path, variant).finally(() => copy.release())
  const stored = bytes ? await storage.put(tenantId, Readable.from([bytes])).catch(unlessFull) : null
  // Nobody should miss a picture because the disk is full: it is sent as it is, and made smaller another day.
  if (stored === undefined) return null
  await transact((context: FileContext) =>
    context.tx
      .insertInto('file.rendition')
      .values({ sha256, variant, key: stored?.key ?? null, created_at: context.now })
      .onConflict((conflict) => conflict.constraint('rendition_pkey').doUpdateSet({ key: stored?.key ?? null }))
      .execute()
  )
  return stored
}

function unlessFull(error: unknown): undefined {
  if (!isOutOfSpace(error)) throw error
}

interface Shown {
  readonly name: string
  readonly mediaType: string
  readonly scripted: boolean
}

/** A file is somebody's, on our own origin: browsers show only what cannot act, and guess nothing. */
function headersOf({ name, mediaType, scripted }: Shown): Record<string, string> {
  return {
    'content-type': mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType,
    'content-disposition': contentDisposition(name, {
      type: mayShow(mediaType) && !scripted ? 'inline' : 'attachment'
    }),
    'x-content-type-options': 'nosniff',
    'content-security-policy': ACTIVE.test(mediaType)
      ? "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
      : "frame-ancestors 'self'",
    // Whoever holds the address may show the file, also the web app on an origin of its own.
    'cross-origin-resource-policy': 'cross-origin'
  }
}

/**
 * Pictures, films, sounds and downloads, which is nearly every byte. What a page shows in a frame, and what could act, stays
 * on our own origin with our own headers.
 */
const mayComeFromElsewhere = ({ mediaType, scripted }: Shown): boolean =>
  !ACTIVE.test(mediaType) && (/^(?:image|video|audio)\//.test(mediaType) || scripted || !mayShow(mediaType))

const ACTIVE = /html|xml|svg/
const SHOWN =
  /^(?:image\/(?:jpeg|png|gif|webp|avif|apng|bmp|x-icon|svg\+xml)|video\/.+|audio\/.+|application\/pdf|text\/plain)$/

const mayShow = (mediaType: string): boolean => SHOWN.test(mediaType)
