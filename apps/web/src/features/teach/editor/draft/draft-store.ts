import { createStore, del, get, set, type UseStore } from 'idb-keyval'

/** A page as it was typed here, kept until the server has it. */
export interface Draft {
  readonly html: string
  /** What it was edited from. */
  readonly baseHtml: string
  readonly baseVersion: number
  /** ISO instant of the last change. */
  readonly at: string
}

let opened: UseStore | undefined

const store = (): UseStore => {
  opened ??= createStore('lyceum-page-drafts', 'draft')
  return opened
}

/**
 * Drafts on this device. Browsers that keep nothing (private windows of some) lose the safety net, not the editor:
 * reading finds nothing, writing does nothing.
 * @param key names the person as well as the page: devices are shared
 */
export async function readDraft(key: string): Promise<Draft | undefined> {
  try {
    const found: unknown = await get(key, store())
    return isDraft(found) ? found : undefined
  } catch {
    return undefined
  }
}

export async function writeDraft(key: string, draft: Draft): Promise<void> {
  await set(key, draft, store()).catch(() => undefined)
}

export async function removeDraft(key: string): Promise<void> {
  await del(key, store()).catch(() => undefined)
}

const isDraft = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && 'html' in value && 'baseHtml' in value && 'baseVersion' in value
