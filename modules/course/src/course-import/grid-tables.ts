import type { BlockContent, Blockquote, Root, RootContent } from 'mdast'
import { visit } from 'unist-util-visit'

// Pandoc's way to start a cell with a list; CommonMark would take the list for more HTML.
const emptyParagraph = /^<p>\s{0,9}<\/p>$/gm
const border = /^\+(?:[-=:]+\+)+$/

/**
 * Pandoc's grid tables, which to CommonMark are one long paragraph of dashes. Each cell holds Markdown of its own,
 * read by `parse`. Cells that span rows or columns are not understood: such a paragraph stays as it is.
 */
export function applyGridTables(tree: Root, source: string, parse: (markdown: string) => Root): void {
  const lines = source.split('\n')
  visit(tree, 'paragraph', (node, index, parent) => {
    if (!parent || index === undefined || !node.position) return
    const written = lines
      .slice(node.position.start.line - 1, node.position.end.line)
      .map((line) => line.replace(/^[\s>]*/, '').trimEnd())
    const table = readGrid(written)
    if (!table) return
    const cellsOf = (row: string[], name: 'th' | 'td'): Blockquote =>
      element(
        'tr',
        row.map((cell) => element(name, withoutPositions(parse(cell.replace(emptyParagraph, '')))))
      )
    parent.children[index] = {
      ...element('table', [
        ...(table.head.length > 0
          ? [
              element(
                'thead',
                table.head.map((row) => cellsOf(row, 'th'))
              )
            ]
          : []),
        element(
          'tbody',
          table.body.map((row) => cellsOf(row, 'td'))
        )
      ]),
      position: node.position
    }
  })
}

function readGrid(lines: string[]): { head: string[][]; body: string[][] } | undefined {
  const [first] = lines
  if (first === undefined || lines.length < 3 || !border.test(first) || !border.test(lines.at(-1) ?? ''))
    return undefined
  const edges = [...first].flatMap((mark, at) => (mark === '+' ? [at] : []))
  const rows: string[][] = []
  let headRows = 0
  let current: string[] | undefined
  for (const line of lines.slice(1)) {
    if (border.test(line)) {
      if (current) rows.push(current)
      if (line.includes('=')) headRows = rows.length
      current = undefined
      continue
    }
    if (edges.some((edge) => line[edge] !== '|')) return undefined
    const cells = edges.slice(1).map((edge, at) =>
      line
        .slice((edges[at] ?? 0) + 1, edge)
        .replace(/^ /, '')
        .trimEnd()
    )
    current = current ? current.map((text, at) => `${text}\n${cells[at] ?? ''}`) : cells
  }
  return { head: rows.slice(0, headRows), body: rows.slice(headRows) }
}

function element(name: string, children: Blockquote['children']): Blockquote {
  return { type: 'blockquote', data: { hName: name }, children }
}

/** Positions within a cell would be taken for positions in the page. */
function withoutPositions(tree: Root): BlockContent[] {
  visit(tree, (node) => {
    delete node.position
  })
  return tree.children.filter(isBlock)
}

function isBlock(node: RootContent): node is BlockContent {
  return ['paragraph', 'heading', 'list', 'code', 'blockquote', 'table', 'thematicBreak', 'html'].includes(node.type)
}
