import { mergeAttributes, Node } from '@tiptap/core'
import { Fragment } from '@tiptap/pm/model'
import { putAround } from './put-around.ts'

export const CALLOUT_KINDS = [
  'note',
  'tip',
  'important',
  'warning',
  'caution',
  'objectives',
  'questions',
  'keypoints',
  'prereq',
  'challenge',
  'discussion',
  'checklist',
  'testimonial',
  'callout'
] as const
export type CalloutKind = (typeof CALLOUT_KINDS)[number]

/** Those a teacher is offered; the others come with imported pages and stay. */
export const OFFERED_CALLOUTS = ['note', 'tip', 'warning', 'objectives', 'challenge', 'keypoints'] as const

export const isCalloutKind = (word: string | null | undefined): word is CalloutKind =>
  CALLOUT_KINDS.some((kind) => kind === word)

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    callout: {
      /** Puts the selected blocks into a box of a kind. */
      setCallout: (kind: CalloutKind, title: string) => ReturnType
      /** Makes the box the cursor is in one of another kind. */
      changeCallout: (kind: CalloutKind) => ReturnType
      /** Takes the box off what is in it. */
      unsetCallout: () => ReturnType
    }
  }
}

/** A box for what stands out: `div.callout.callout-note`, `div[data-callout="note"]`, or both. */
export const Callout = Node.create({
  name: 'callout',
  group: 'block',
  content: 'block+',
  defining: true,

  addAttributes: () => ({
    // How the page wrote it; kept, so that nothing changes by being opened.
    class: {
      default: null,
      parseHTML: (element) => element.getAttribute('class'),
      renderHTML: (attributes) => (attributes.class ? { class: attributes.class } : {})
    },
    kind: {
      default: null,
      parseHTML: (element) => element.getAttribute('data-callout'),
      renderHTML: (attributes) => (attributes.kind ? { 'data-callout': attributes.kind } : {})
    }
  }),

  parseHTML: () => [
    { tag: 'div.callout', priority: 60 },
    { tag: 'div[data-callout]', priority: 60 }
  ],

  renderHTML: ({ HTMLAttributes }) => ['div', mergeAttributes(HTMLAttributes), 0],

  addCommands() {
    return {
      setCallout:
        (kind, title) =>
        ({ editor, tr, dispatch }) => {
          const { heading, paragraph } = editor.schema.nodes
          if (!heading || !paragraph) return false
          const head = heading.create({ level: 3, class: 'callout-title' }, editor.schema.text(title))
          const attributes = { kind, class: `callout callout-${kind}` }
          return putAround(tr, dispatch !== undefined, (inside) =>
            this.type.create(attributes, (inside ?? Fragment.from(paragraph.create())).addToStart(head))
          )
        },
      changeCallout:
        (kind) =>
        ({ commands }) =>
          commands.updateAttributes(this.name, { kind, class: `callout callout-${kind}` }),
      unsetCallout:
        () =>
        ({ commands }) =>
          commands.lift(this.name)
    }
  }
})

/** `callout-note` → `note`, or what `data-callout` says. */
export const kindOf = (attributes: Readonly<Record<string, unknown>>): CalloutKind | undefined => {
  const word = attributes.kind ?? /callout-([a-z]+)/.exec(String(attributes.class ?? ''))?.[1]
  return typeof word === 'string' && isCalloutKind(word) ? word : undefined
}

/** Other boxes of imported pages: sections of footnotes, asides, centred or plain divisions. */
export const Box = Node.create({
  name: 'box',
  group: 'block',
  content: 'block+',
  defining: true,
  addAttributes: () => ({
    tag: { default: 'div', parseHTML: (element) => element.localName, rendered: false },
    class: {
      default: null,
      parseHTML: (element) => element.getAttribute('class'),
      renderHTML: (attributes) => (attributes.class ? { class: attributes.class } : {})
    },
    footnotes: {
      default: null,
      parseHTML: (element) => element.getAttribute('data-footnotes'),
      renderHTML: (attributes) => (attributes.footnotes === null ? {} : { 'data-footnotes': attributes.footnotes })
    }
  }),
  parseHTML: () => ['div', 'section', 'aside', 'center'].map((tag) => ({ tag, priority: 40 })),
  renderHTML: ({ node, HTMLAttributes }) => [String(node.attrs.tag), HTMLAttributes, 0]
})
