import { defineError } from '@lyceum/platform/errors'
import type { Page } from '../contract.ts'

export const PageStale = defineError(
  'page.stale',
  'stale',
  (_newest: Omit<Page, 'itemId'>) =>
    'Somebody saved this page in the meantime. Nothing of yours is lost: compare both and save what you want to keep.',
  ({ version, html, savedAt, savedBy }) => ({ facts: { version, html, savedAt, savedBy } })
)
export const NotAPage = defineError(
  'page.not-a-page',
  'conflict',
  (title: string) => `“${title}” is not a page and has no text to edit. Change its settings instead.`
)

/** One author's saves within this time make one revision: a history of sittings, not of keystrokes. */
export const SITTING_MINUTES = 10

/** Older revisions than these are forgotten. */
export const KEPT_REVISIONS = 50
