import { Node } from '@tiptap/core'
import { safeFragment } from '../page-html/safe-fragment.ts'

/** A part of a page that the editor cannot take apart: shown as it is, moved or removed as a whole, saved untouched. */
const raw = (name: string, tag: string, inline: boolean) =>
  Node.create({
    name,
    group: inline ? 'inline' : 'block',
    inline,
    atom: true,
    draggable: true,
    addAttributes: () => ({
      html: {
        default: '',
        parseHTML: (element) => element.getAttribute('data-html') ?? '',
        renderHTML: ({ html }) => ({ 'data-html': html })
      }
    }),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes],
    addNodeView:
      () =>
      ({ node }) => {
        const dom = document.createElement(inline ? 'span' : 'div')
        dom.dataset.raw = inline ? 'inline' : 'block'
        dom.contentEditable = 'false'
        dom.append(safeFragment(String(node.attrs.html)))
        return { dom, ignoreMutation: () => true }
      }
  })

export const RawBlock = raw('rawBlock', 'lyceum-raw', false)
export const RawInline = raw('rawInline', 'lyceum-raw-inline', true)
