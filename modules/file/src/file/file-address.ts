import { sameSecret, sign } from '@lyceum/platform/caller'
import type { Keys } from '@lyceum/platform/keys'

/** Addresses change at these instants only, so that a browser's cache holds in between. */
const WINDOW_SECONDS = 4 * 60 * 60
/** The longest time that an address is good. */
export const ADDRESS_SECONDS = 2 * WINDOW_SECONDS

export interface AddressedFile {
  readonly id: string
  readonly name: string
}

/**
 * The address of a file's bytes, good for four to eight hours for whoever holds it, in this school only. A smaller
 * rendition of a picture is asked for by adding `&variant=w640`: who may see the whole may see the part.
 */
export function fileAddress(keys: Keys, tenantId: string, { id, name }: AddressedFile, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000)
  const expires = (Math.floor(seconds / WINDOW_SECONDS) + 2) * WINDOW_SECONDS
  const signature = signatureOf(keys.signing(now), tenantId, id, expires)
  return `/api/v1/files/${id}/content/${encodeURIComponent(name)}?expires=${expires}&signature=${signature}`
}

/** Seconds the address stays good; undefined where it is not good, whatever the reason. */
export function addressLifetime(
  keys: Keys,
  tenantId: string,
  fileId: string,
  query: URLSearchParams,
  now: Date
): number | undefined {
  const expires = Number(query.get('expires'))
  if (!Number.isSafeInteger(expires)) return undefined
  const left = expires - Math.floor(now.getTime() / 1000)
  const signature = query.get('signature') ?? ''
  const isOurs = keys.believed(now).some((key) => sameSecret(signature, signatureOf(key, tenantId, fileId, expires)))
  return isOurs && left > 0 ? left : undefined
}

/** The time for which an address with this query is handed out, the same for everybody who holds one of that time. */
export function windowOf(query: URLSearchParams): { readonly from: Date; readonly until: Date } {
  const expires = Number(query.get('expires'))
  return { from: new Date((expires - 2 * WINDOW_SECONDS) * 1000), until: new Date(expires * 1000) }
}

const signatureOf = (secret: string, tenantId: string, fileId: string, expires: number): string =>
  sign(`file-address ${tenantId} ${fileId} ${expires}`, secret)
