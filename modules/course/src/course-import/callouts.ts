import type { Blockquote, Heading, Paragraph, PhrasingContent, Root, RootContent } from 'mdast'
import { SKIP, visit } from 'unist-util-visit'
import type { LabelName, Labels } from './labels.ts'

type ContainerDirective = Extract<RootContent, { type: 'containerDirective' }>

type Kind = { label: LabelName; folded?: true; ofPage?: true }

const kinds: Record<string, Kind> = {
  objectives: { label: 'objectives', ofPage: true },
  questions: { label: 'questions', ofPage: true },
  keypoints: { label: 'keypoints', ofPage: true },
  prereq: { label: 'prereq' },
  challenge: { label: 'challenge' },
  solution: { label: 'solution', folded: true },
  hint: { label: 'hint', folded: true },
  spoiler: { label: 'spoiler', folded: true },
  instructor: { label: 'instructor', folded: true },
  discussion: { label: 'discussion' },
  callout: { label: 'callout' },
  checklist: { label: 'checklist' },
  testimonial: { label: 'testimonial' },
  note: { label: 'note' },
  tip: { label: 'tip' },
  important: { label: 'important' },
  warning: { label: 'warning' },
  caution: { label: 'caution' }
}
const aliases: Record<string, string> = {
  prerequisites: 'prereq',
  exercise: 'challenge',
  task: 'challenge',
  answer: 'solution',
  details: 'spoiler',
  collapse: 'spoiler',
  discuss: 'discussion',
  info: 'note',
  admonition: 'note',
  seealso: 'note',
  danger: 'caution',
  error: 'caution',
  attention: 'warning',
  success: 'tip'
}

/**
 * Turns container directives and GitHub's `> [!NOTE]` into boxes with a heading (`div.callout.callout-<kind>`), and
 * those that hide something (a solution, a hint) into `details`. Other containers are taken off their content.
 */
export function applyCallouts(tree: Root, labels: Labels): void {
  let depth = 1
  let count = 0
  visit(tree, (node, index, parent) => {
    if (node.type === 'heading' && parent === tree) depth = node.depth
    if (!parent || index === undefined) return
    if (node.type === 'blockquote') githubAlert(node)
    if (node.type !== 'containerDirective' && !(node.type === 'blockquote' && node.data?.hName === 'alert')) return
    const name = node.type === 'blockquote' ? String(node.data?.hProperties?.kind) : node.name
    const kindName = aliases[name] ?? name
    const kind = kinds[kindName]
    const label = takeLabel(node)
    if (!kind) {
      const own: RootContent[] = label ? [{ type: 'paragraph', children: [{ type: 'strong', children: label }] }] : []
      parent.children.splice(index, 1, ...own, ...node.children)
      return [SKIP, index]
    }
    count++
    const heading: Heading = {
      type: 'heading',
      depth: kind.ofPage ? 2 : headingDepth(depth + 1),
      // Its own id keeps it out of the numbering of the author's headings.
      data: { hProperties: { id: `callout-${count}` } },
      children: label ?? [{ type: 'text', value: labels[kind.label] }]
    }
    parent.children[index] = boxed(node, kindName, kind, heading, label !== undefined)
    return [SKIP, index]
  })
}

function boxed(
  node: Blockquote | ContainerDirective,
  name: string,
  kind: Kind,
  fallback: Heading,
  labelled: boolean
): Blockquote {
  const [first, ...rest] = node.children
  const own = !labelled && first?.type === 'heading' ? first : undefined
  const title: Heading = own ?? fallback
  title.data = { ...title.data, hProperties: { ...title.data?.hProperties, className: ['callout-title'] } }
  const body = own ? rest : node.children
  const id = node.type === 'containerDirective' ? node.attributes?.id : undefined
  const head: Blockquote | Heading = kind.folded
    ? { type: 'blockquote', data: { hName: 'summary' }, children: [title] }
    : title
  return {
    type: 'blockquote',
    data: {
      hName: kind.folded ? 'details' : 'div',
      hProperties: { className: ['callout', `callout-${name}`], ...(id ? { id } : {}) }
    },
    children: [head, ...body],
    ...(node.position ? { position: node.position } : {})
  }
}

/** https://docs.github.com/get-started/writing-on-github: “Alerts”. */
function githubAlert(quote: Blockquote): void {
  const paragraph = quote.children[0]
  const text = paragraph?.type === 'paragraph' ? paragraph.children[0] : undefined
  const mark =
    text?.type === 'text' ? /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][^\S\n]*(?:\n|$)/i.exec(text.value) : null
  if (!mark?.[1] || text?.type !== 'text' || paragraph?.type !== 'paragraph') return
  text.value = text.value.slice(mark[0].length)
  if (text.value === '') paragraph.children.shift()
  if (paragraph.children[0]?.type === 'break') paragraph.children.shift()
  if (paragraph.children.length === 0) quote.children.shift()
  quote.data = { hName: 'alert', hProperties: { kind: mark[1].toLowerCase() } }
}

function takeLabel(node: Blockquote | ContainerDirective): PhrasingContent[] | undefined {
  const first = node.children[0]
  if (first?.type !== 'paragraph' || !isLabel(first)) return undefined
  node.children.shift()
  return first.children
}

function isLabel(paragraph: Paragraph): boolean {
  return paragraph.data !== undefined && 'directiveLabel' in paragraph.data && paragraph.data.directiveLabel === true
}

function headingDepth(depth: number): Heading['depth'] {
  return depth <= 2 ? 2 : depth === 3 ? 3 : depth === 4 ? 4 : depth === 5 ? 5 : 6
}
