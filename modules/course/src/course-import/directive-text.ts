import type { Parent, PhrasingContent, Root } from 'mdast'
import { visit } from 'unist-util-visit'

/**
 * Gives `:name` and `::name` back their colons: in prose they are times, addresses and emoji, not directives.
 * Neighbouring texts are joined again, so that later steps find what spans them.
 */
export function restoreInlineDirectives(tree: Root, source: string): void {
  visit(tree, (node, index, parent) => {
    if (node.type !== 'textDirective' && node.type !== 'leafDirective') return
    if (!parent || index === undefined) return
    const written = source.slice(node.position?.start.offset, node.position?.end.offset)
    const label = node.children.length === 0 ? -1 : written.indexOf('[')
    const end =
      label === -1 ? -1 : (node.children.at(-1)?.position?.end.offset ?? 0) - (node.position?.start.offset ?? 0)
    const parts: PhrasingContent[] =
      label === -1 ? [text(written)] : [text(written.slice(0, label + 1)), ...node.children, text(written.slice(end))]
    if (node.type === 'textDirective') parent.children.splice(index, 1, ...parts)
    else
      parent.children.splice(index, 1, {
        type: 'paragraph',
        children: parts,
        ...(node.position ? { position: node.position } : {})
      })
    return index
  })
  visit(tree, (node) => {
    if ('children' in node) joinTexts(node)
  })
}

function text(value: string): PhrasingContent {
  return { type: 'text', value }
}

function joinTexts(parent: Parent): void {
  for (let index = parent.children.length - 1; index > 0; index--) {
    const node = parent.children[index]
    const before = parent.children[index - 1]
    if (node?.type !== 'text' || before?.type !== 'text') continue
    before.value += node.value
    if (before.position && node.position) before.position = { start: before.position.start, end: node.position.end }
    else delete before.position
    parent.children.splice(index, 1)
  }
}
