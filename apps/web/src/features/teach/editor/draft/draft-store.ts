/** A page as it was typed here, kept until the server has it. */
export interface Draft {
  readonly html: string
  /** What it was edited from. */
  readonly baseHtml: string
  readonly baseVersion: number
  /** ISO instant of the last change. */
  readonly at: string
}

const DATABASE = 'lyceum-page-drafts'
const STORE = 'draft'

let opened: Promise<IDBDatabase> | undefined

/**
 * Drafts on this device. Browsers that keep nothing (private windows of some) lose the safety net, not the editor:
 * reading finds nothing, writing does nothing.
 * @param key names the person as well as the page: devices are shared
 */
export const readDraft = (key: string): Promise<Draft | undefined> =>
  ask('readonly', (store) => store.get(key)).then(
    (found) => (isDraft(found) ? found : undefined),
    () => undefined
  )

export const writeDraft = (key: string, draft: Draft): Promise<unknown> =>
  ask('readwrite', (store) => store.put(draft, key)).catch(() => undefined)

export const removeDraft = (key: string): Promise<unknown> =>
  ask('readwrite', (store) => store.delete(key)).catch(() => undefined)

async function ask(mode: IDBTransactionMode, request: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  opened ??= openDatabase()
  const database = await opened
  return settled(request(database.transaction(STORE, mode).objectStore(STORE)))
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

const settled = (request: IDBRequest): Promise<unknown> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const isDraft = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && 'html' in value && 'baseHtml' in value && 'baseVersion' in value
