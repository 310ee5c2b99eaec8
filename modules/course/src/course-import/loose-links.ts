import type { PhrasingContent, Root, Text } from 'mdast'
import { SKIP, visit } from 'unist-util-visit'

const linkWithSpaces =
  /(!?)\[([^[\]]{0,500})\]\(([^()<>\n]{0,300}[^()<>\s\n] [^()<>\n]{0,300}?)(?:\s{1,9}"([^"]{0,500})")?\)/g

/**
 * Links as people write them and CommonMark does not read them: with spaces, `[notes](my notes.md)`, and with the
 * backslashes of Windows, of which CommonMark eats some as escapes.
 */
export function repairLooseLinks(tree: Root, source: string): void {
  visit(tree, (node, index, parent) => {
    if (node.type === 'link' || node.type === 'image' || node.type === 'definition') repairBackslashes(node, source)
    if (node.type !== 'text' || !parent || index === undefined) return
    const parts = splitAtLinks(node)
    if (parts.length === 1 && parts[0] === node) return
    parent.children.splice(index, 1, ...parts)
    return [SKIP, index + parts.length]
  })
}

function repairBackslashes(node: { url: string; position?: Text['position'] }, source: string): void {
  if (!node.url.includes('\\') || /^[a-z][a-z+.-]+:/i.test(node.url)) return
  const written = source.slice(node.position?.start.offset, node.position?.end.offset)
  const destination = /(?:\]\(|\]:)\s*<?([^\s<>()]*\\[^\s<>()]*)>?/.exec(written)?.[1] ?? node.url
  node.url = destination.replaceAll('\\', '/')
}

function splitAtLinks(node: Text): PhrasingContent[] {
  const parts: PhrasingContent[] = []
  let reached = 0
  for (const match of node.value.matchAll(linkWithSpaces)) {
    const [whole, bang, words = '', destination = '', title] = match
    if (!/\.[\p{L}\p{N}]{1,8}(#.*)?$/u.test(destination)) continue
    if (match.index > reached) parts.push(piece(node, node.value.slice(reached, match.index)))
    const url = encodeURI(destination.trim().replaceAll('\\', '/'))
    const place = { ...(title === undefined ? {} : { title }), ...(node.position ? { position: node.position } : {}) }
    parts.push(
      bang
        ? { type: 'image', url, alt: words, ...place }
        : { type: 'link', url, children: [piece(node, words)], ...place }
    )
    reached = match.index + whole.length
  }
  if (reached === 0) return [node]
  if (reached < node.value.length) parts.push(piece(node, node.value.slice(reached)))
  return parts
}

function piece(node: Text, value: string): Text {
  return { type: 'text', value, ...(node.position ? { position: node.position } : {}) }
}
