import { getSchema } from '@tiptap/core'
import { DOMSerializer, DOMParser as SchemaParser } from '@tiptap/pm/model'
import { pageExtensions } from '../schema/page-schema.ts'
import { canonical } from './canonical.ts'
import { tidy } from './tidy.ts'

const schema = getSchema(pageExtensions)
const parser = SchemaParser.fromSchema(schema)
const serializer = DOMSerializer.fromSchema(schema)

/** Parts that cannot stand outside their parent and are never wrapped by themselves. */
const STRUCTURE = new Set(
  'li tr td th thead tbody tfoot caption colgroup col summary dt dd figcaption rt rp rb source track'.split(' ')
)
const TEXT_BLOCKS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'])

/**
 * A page made ready for the editor: whatever the editor's schema would change is packed as a raw part, so that opening
 * and saving loses nothing. What can be taken apart is found out by trying, not from a list.
 */
export function openPage(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  // Renditions of a picture are for readers; the server writes them anew.
  for (const image of body.querySelectorAll('img[srcset]')) {
    image.removeAttribute('srcset')
    image.removeAttribute('sizes')
  }
  if (!survives(body.innerHTML)) for (const child of [...body.children]) settle(child)
  // Words between blocks that went wrong only together with their neighbours.
  if (!survives(body.innerHTML)) body.replaceChildren(rawOf('lyceum-raw', html))
  // Code ends with a line's end where it comes from Markdown; in an editor that is one more, empty line.
  for (const code of body.querySelectorAll('pre > code')) {
    const last = code.lastChild
    if (last instanceof CharacterData) last.data = last.data.replace(/\n$/, '')
  }
  return body.innerHTML
}

/** What the editor holds, in the form that pages are kept in. */
export const closePage = tidy

/** Opening and closing without an edit in between. */
export const roundTrip = (html: string): string => {
  // In a document without a window nothing is loaded and nothing runs.
  const inert = new DOMParser().parseFromString(html, 'text/html')
  const page = parser.parse(inert.body)
  inert.body.replaceChildren(serializer.serializeFragment(page.content, { document: inert }))
  return tidy(inert.body.innerHTML)
}

const survives = (html: string): boolean => canonical(roundTrip(html)) === canonical(html)

/** Packs the smallest part of an element that would not survive. */
function settle(element: Element): void {
  if (!STRUCTURE.has(element.localName) && survives(element.outerHTML)) return
  if (TEXT_BLOCKS.has(element.localName) || STRUCTURE.has(element.localName)) packInline(element)
  if (!TEXT_BLOCKS.has(element.localName)) for (const child of [...element.children]) settleWithin(child)
  if (STRUCTURE.has(element.localName) || survives(element.outerHTML)) return
  const inline = element.parentElement !== null && TEXT_BLOCKS.has(element.parentElement.localName)
  element.replaceWith(rawOf(inline ? 'lyceum-raw-inline' : 'lyceum-raw', element.outerHTML))
}

function settleWithin(child: Element): void {
  if (STRUCTURE.has(child.localName) || isBlockLike(child)) settle(child)
}

/** Packs what in a line of text would not survive by itself: an empty target of a link, a film, ruby. */
function packInline(element: Element): void {
  for (const child of [...element.children]) {
    if (isBlockLike(child) || survives(`<p>x${child.outerHTML}x</p>`)) continue
    const before = child.innerHTML
    packInline(child)
    if (child.innerHTML !== before && survives(`<p>x${child.outerHTML}x</p>`)) continue
    child.innerHTML = before
    child.replaceWith(rawOf('lyceum-raw-inline', child.outerHTML))
  }
}

function rawOf(tag: 'lyceum-raw' | 'lyceum-raw-inline', html: string): Element {
  const raw = document.createElement(tag)
  raw.setAttribute('data-html', html)
  return raw
}

const isBlockLike = (element: Element): boolean =>
  /^(aside|blockquote|center|details|div|dl|figure|h[1-6]|hr|ol|p|pre|section|table|ul|lyceum-raw)$/.test(
    element.localName
  )
