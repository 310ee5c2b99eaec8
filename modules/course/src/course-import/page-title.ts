import type { Element, Root } from 'hast'
import { toString as plainText } from 'hast-util-to-string'
import { EXIT, visit } from 'unist-util-visit'

/**
 * Takes the first level 1 heading out of the page, since the title is shown above it: the title of a page that gives
 * none itself, or the same words again. What level 1 headings remain move all headings down by one.
 * Returns the title found, the id of the heading that went, so that links to it lead to the top of the page, and its
 * place among the children of the page.
 */
export function takeTitle(tree: Root, given: string | undefined): { title?: string; anchor?: string; at: number } {
  let found: { title: string; anchor: string; at: number } | undefined
  visit(tree, 'element', (node, index, parent) => {
    if (node.tagName !== 'h1' || !parent || index === undefined) return
    const title = plainText(node).replace(/\s+/g, ' ').trim()
    if (title === '' && !node.children.some((child) => child.type === 'element')) {
      parent.children.splice(index, 1)
      return index
    }
    if (title === '' || (given !== undefined && !sameWords(given, title))) return EXIT
    parent.children.splice(index, 1)
    found = { title, anchor: String(node.properties.id ?? ''), at: parent === tree ? index : 0 }
    return EXIT
  })
  if (holdsLevelOne(tree)) lowerHeadings(tree)
  const title = given ?? found?.title
  const at = found?.at ?? 0
  return { at, ...(title === undefined ? {} : { title }), ...(found?.anchor ? { anchor: found.anchor } : {}) }
}

function sameWords(a: string, b: string): boolean {
  const words = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
  return words(a) === words(b)
}

function holdsLevelOne(tree: Root): boolean {
  let found = false
  visit(tree, 'element', (node) => {
    found ||= node.tagName === 'h1'
    return found ? EXIT : undefined
  })
  return found
}

function lowerHeadings(tree: Root): void {
  visit(tree, 'element', (node: Element) => {
    const level = /^h([1-6])$/.exec(node.tagName)?.[1]
    if (level !== undefined) node.tagName = `h${Math.min(6, Number(level) + 1)}`
  })
}
