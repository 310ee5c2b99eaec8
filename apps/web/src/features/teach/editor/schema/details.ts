import { Node } from '@tiptap/core'
import { Fragment } from '@tiptap/pm/model'
import { carry } from './carried-attributes.ts'
import { putAround } from './put-around.ts'

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    details: {
      /** Puts the selected blocks behind a line to be opened. */
      setDetails: (summary: string) => ReturnType
    }
  }
}

/** Something the reader opens: `<details><summary>…</summary>…</details>`. While it is edited it is always open. */
export const Details = Node.create({
  name: 'details',
  group: 'block',
  content: 'detailsSummary block*',
  defining: true,
  isolating: true,
  addAttributes: () => carry('open', 'class'),
  parseHTML: () => [{ tag: 'details' }],
  renderHTML: ({ HTMLAttributes }) => ['details', HTMLAttributes, 0],

  addNodeView:
    () =>
    ({ node }) => {
      const dom = document.createElement('div')
      dom.dataset.details = ''
      if (typeof node.attrs.class === 'string') dom.className = node.attrs.class
      return { dom, contentDOM: dom }
    },

  addCommands() {
    return {
      setDetails:
        (summary) =>
        ({ editor, tr, dispatch }) => {
          const { detailsSummary, paragraph } = editor.schema.nodes
          if (!detailsSummary || !paragraph) return false
          const head = detailsSummary.create(null, paragraph.create(null, editor.schema.text(summary)))
          return putAround(tr, dispatch !== undefined, (inside) =>
            this.type.create(null, (inside ?? Fragment.from(paragraph.create())).addToStart(head))
          )
        }
    }
  }
})

/** The line that is always to be seen; a heading where the page is from elsewhere. */
export const DetailsSummary = Node.create({
  name: 'detailsSummary',
  content: '(paragraph | heading)',
  defining: true,
  selectable: false,
  parseHTML: () => [{ tag: 'summary' }],
  renderHTML: ({ HTMLAttributes }) => ['summary', HTMLAttributes, 0],
  addNodeView: () => () => {
    const dom = document.createElement('div')
    dom.dataset.summary = ''
    return { dom, contentDOM: dom }
  }
})
