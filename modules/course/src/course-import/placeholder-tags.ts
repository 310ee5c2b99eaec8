import type { Root } from 'mdast'
import { visit } from 'unist-util-visit'
import { isKnownTag } from './allowed-html.ts'
import type { ImportWarning } from './course-import.ts'

/**
 * `<your name>` in prose is meant to be read, but HTML makes it an element without content. What is no tag of HTML
 * becomes text again, with a warning, since components of site generators look the same.
 */
export function keepPlaceholders(tree: Root, path: string): ImportWarning[] {
  const warnings: ImportWarning[] = []
  visit(tree, 'html', (node, index, parent) => {
    const name = /^<\/?([a-z][a-z\d-]*)/i.exec(node.value)?.[1]
    if (name === undefined || isKnownTag(name) || !parent || index === undefined) return
    const place = node.position ? { position: node.position } : {}
    const text = { type: 'text' as const, value: node.value, ...place }
    parent.children[index] =
      parent.type === 'paragraph' || !isFlow(parent.type) ? text : { type: 'paragraph', children: [text], ...place }
    const line = node.position?.start.line
    const message = `<${name}> is no tag of HTML and is shown as text. If that is meant, write it in backticks: \`<${name}>\`.`
    warnings.push({ code: 'course-import.tag-shown-as-text', path, ...(line === undefined ? {} : { line }), message })
  })
  return warnings
}

function isFlow(type: string): boolean {
  return ['root', 'blockquote', 'listItem', 'containerDirective', 'footnoteDefinition'].includes(type)
}
