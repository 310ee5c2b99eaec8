import { ObjectMissing } from './storage.ts'

const KEY = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/([0-9a-f]{64})$/

/** A key is never a path: anything but a tenant's id and a digest does not exist. @throws storage.object-missing */
export function readKey(key: string): { readonly tenantId: string; readonly sha256: string } {
  const [, tenantId, sha256] = KEY.exec(key) ?? []
  if (tenantId === undefined || sha256 === undefined) throw ObjectMissing(key)
  return { tenantId, sha256 }
}
