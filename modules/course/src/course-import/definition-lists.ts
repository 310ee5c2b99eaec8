import type { BlockContent, Paragraph, Parent, PhrasingContent, Root } from 'mdast'
import { SKIP, visit } from 'unist-util-visit'

/** Pandoc's and kramdown's definition lists: a term, and below it `: ` with its meaning, as `dl`, `dt` and `dd`. */
export function applyDefinitionLists(tree: Root): void {
  visit(tree, (node) => {
    if (!('children' in node) || node.type === 'paragraph') return
    if (!node.children.some(startsOrHoldsMeaning)) return
    groupTerms(node)
    return node.type === 'blockquote' && node.data?.hName === 'dl' ? SKIP : undefined
  })
}

function groupTerms(parent: Parent): void {
  const grouped: Parent['children'] = []
  for (const child of parent.children) {
    const parts = child.type === 'paragraph' ? splitMeanings(child) : []
    const before = grouped.at(-1)
    const list = before?.type === 'blockquote' && before.data?.hName === 'dl' ? before : undefined
    const [term, ...meanings] = parts
    if (child.type !== 'paragraph' || term === undefined || (meanings.length === 0 && term.length > 0)) {
      grouped.push(child)
      continue
    }
    const rows: BlockContent[] = meanings.map((children) => row('dd', children, child))
    if (term.length > 0) rows.unshift(row('dt', term, child))
    else if (before?.type === 'paragraph') {
      grouped.pop()
      rows.unshift(row('dt', before.children, before))
      const earlier = grouped.at(-1)
      if (earlier?.type === 'blockquote' && earlier.data?.hName === 'dl') {
        earlier.children.push(...rows)
        continue
      }
    }
    if (list && (term.length > 0 || before === list)) list.children.push(...rows)
    else grouped.push({ type: 'blockquote', data: { hName: 'dl' }, children: rows })
  }
  parent.children = grouped
}

function startsOrHoldsMeaning(node: Parent['children'][number]): boolean {
  return node.type === 'paragraph' && splitMeanings(node).length > 1
}

/** The term, empty where the paragraph starts with a meaning, and then each meaning. */
function splitMeanings(paragraph: Paragraph): PhrasingContent[][] {
  const parts: PhrasingContent[][] = [[]]
  for (const [index, child] of paragraph.children.entries()) {
    if (child.type !== 'text') {
      parts.at(-1)?.push(child)
      continue
    }
    const pieces = (index === 0 ? `\n${child.value}` : child.value).split(/\n:[ \t]+/)
    for (const [at, piece] of pieces.entries()) {
      if (at > 0) parts.push([])
      const value = index === 0 && at === 0 ? piece.replace(/^\n/, '') : piece
      if (value !== '') parts.at(-1)?.push({ ...child, value })
    }
  }
  return parts
}

function row(name: 'dt' | 'dd', children: PhrasingContent[], source: Paragraph): Paragraph {
  return {
    type: 'paragraph',
    data: { hName: name },
    children,
    ...(source.position ? { position: source.position } : {})
  }
}
