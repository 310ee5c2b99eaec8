import { anchorPrefix } from './markdown-page.ts'

export interface ReferenceTargets {
  /** The address of a stored file. */
  asset: (path: string) => string
  /** The address of an item; `anchor` as the id stands in that page. */
  page: (sourcePath: string, anchor: string | undefined) => string
}

const tag = /<(?:a|img|video|audio|source|track)(?:\s+[^\s=>"]+(?:="[^"]*")?)*\s*>/g
const reference = /(?<=\s(?:href|src|poster)=")(asset|page):([^"#]*)(?:#([^"]*))?(?=")/g

/**
 * Replaces `asset:` and `page:` in the HTML of a planned page by addresses. Only tags are looked at, so that a page
 * which writes about such references keeps its text. The HTML must come from `readCourse`: it relies on its quoting.
 */
export function rewriteReferences(html: string, targets: ReferenceTargets): string {
  return html.replace(tag, (written) =>
    written.replace(reference, (_whole, kind: string, encoded: string, anchor: string | undefined) => {
      const path = encoded.split('/').map(decodeURIComponent).join('/')
      const id = anchor === undefined ? undefined : anchorPrefix + decodeURIComponent(anchor.slice(anchorPrefix.length))
      return escapeAttribute(kind === 'asset' ? targets.asset(path) : targets.page(path, id))
    })
  )
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
}
