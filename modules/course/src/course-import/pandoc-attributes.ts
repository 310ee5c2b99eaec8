import type { Heading, Image, ImageReference, Link, Parent, PhrasingContent, Root, Text } from 'mdast'
import { visit } from 'unist-util-visit'

export interface PandocAttributes {
  id?: string
  classes: string[]
  values: Record<string, string>
}

const attributesAhead = /^\{:?\s*(?:[^{}'"\\]|\\.|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")*\}/s
const spanWithId = /\[([^[\]]+)\]\{#([\w:.-]+)[^{}]*\}/g

/**
 * Understands what Pandoc and kramdown write in braces: `![](a.png){alt='…' width="60%"}`, `## Heading {#id}` and
 * `[term]{#term}`. Braces it does not understand stay text.
 */
export function applyPandocAttributes(tree: Root, source: string): void {
  visit(tree, (node) => {
    if ('children' in node) attachToImagesAndLinks(node, source)
    if (node.type === 'heading') takeHeadingId(node)
  })
  visit(tree, 'text', (node, index, parent) => {
    if (!parent || index === undefined) return
    const parts = splitSpans(node)
    if (parts.length === 1) return
    parent.children.splice(index, 1, ...parts)
    return index + parts.length
  })
}

/** `{#id .class key="value"}` as data; undefined when the braces hold something else. */
export function parseAttributes(text: string): PandocAttributes | undefined {
  const inner = /^\{:?([\s\S]*)\}$/.exec(text)?.[1]
  if (inner === undefined) return undefined
  const attributes: PandocAttributes = { classes: [], values: {} }
  const token = /\s*(?:#([\w:.-]+)|\.([\w-]+)|([\w-]+)=(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|([^\s'"]+)))/gy
  let reached = 0
  for (let match = token.exec(inner); match; match = token.exec(inner)) {
    const [, id, className, key, single, double, bare] = match
    reached = token.lastIndex
    if (id !== undefined) attributes.id = id
    if (className !== undefined) attributes.classes.push(className)
    if (key !== undefined) attributes.values[key] = (single ?? double ?? bare ?? '').replace(/\\(.)/g, '$1')
  }
  return inner.slice(reached).trim() === '' ? attributes : undefined
}

function attachToImagesAndLinks(parent: Parent, source: string): void {
  for (let index = 0; index < parent.children.length; index++) {
    const node = parent.children[index]
    const start = node?.position?.end.offset
    if (!node || start === undefined || source[start] !== '{') continue
    if (node.type !== 'image' && node.type !== 'imageReference' && node.type !== 'link') continue
    const written = attributesAhead.exec(source.slice(start, start + 4000))?.[0]
    const attributes = written === undefined ? undefined : parseAttributes(written)
    if (written === undefined || !attributes || !removeUpTo(parent, index + 1, start + written.length, source)) continue
    attach(node, attributes)
  }
}

function attach(node: Image | ImageReference | Link, found: PandocAttributes): void {
  const { alt, width, height, title } = found.values
  if (alt !== undefined && node.type !== 'link') node.alt = alt.replace(/\s+/g, ' ')
  if (title !== undefined && node.type !== 'imageReference') node.title = title
  const properties = {
    ...(found.id === undefined ? {} : { id: found.id }),
    ...(width !== undefined && isLength(width) ? { width } : {}),
    ...(height !== undefined && isLength(height) ? { height } : {})
  }
  node.data = { ...node.data, hProperties: { ...node.data?.hProperties, ...properties } }
}

function isLength(text: string): boolean {
  return /^\d+(\.\d+)?(px|%)?$/.test(text)
}

/** Takes what the source has before `end` off the nodes from `index` on. False, and untouched, where a node straddles it. */
function removeUpTo(parent: Parent, index: number, end: number, source: string): boolean {
  const after = parent.children.slice(index)
  const covered = after.findIndex((node) => (node.position?.end.offset ?? Number.POSITIVE_INFINITY) > end)
  const straddling = covered === -1 ? undefined : after[covered]
  const starts = straddling?.position?.start.offset
  if (straddling && starts !== undefined && starts < end) {
    if (straddling.type !== 'text') return false
    const rest = source.slice(end, straddling.position?.end.offset)
    straddling.value = rest.replace(/\\([!-/:-@[-`{-~])/g, '$1').replace(/\n[ \t]+/g, '\n')
  }
  parent.children.splice(index, covered === -1 ? after.length : covered)
  return true
}

function takeHeadingId(heading: Heading): void {
  const last = heading.children.at(-1)
  if (last?.type !== 'text') return
  const text = last.value.trimEnd()
  const start = text.lastIndexOf('{')
  const attributes = start === -1 ? undefined : parseAttributes(text.slice(start))
  if (!attributes || (attributes.id === undefined && attributes.classes.length === 0)) return
  last.value = text.slice(0, start).trimEnd()
  if (attributes.id !== undefined) {
    heading.data = { ...heading.data, hProperties: { ...heading.data?.hProperties, id: attributes.id } }
  }
}

function splitSpans(node: Text): PhrasingContent[] {
  const parts: PhrasingContent[] = []
  let reached = 0
  for (const match of node.value.matchAll(spanWithId)) {
    const [whole, words = '', id = ''] = match
    if (match.index > reached) parts.push({ type: 'text', value: node.value.slice(reached, match.index) })
    const children: PhrasingContent[] = [{ type: 'text', value: words }]
    parts.push({ type: 'emphasis', data: { hName: 'span', hProperties: { id } }, children })
    reached = match.index + whole.length
  }
  if (reached === 0) return [node]
  if (reached < node.value.length) parts.push({ type: 'text', value: node.value.slice(reached) })
  return parts
}
