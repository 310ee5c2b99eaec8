import { Mark } from '@tiptap/core'
import { carry } from './carried-attributes.ts'

/** The mark of a footnote is a link within raised letters, and is found as such. */
const AROUND_LINKS = 1001

const mark = (
  name: string,
  tag: string,
  attributes: readonly string[] = [],
  { keys = {}, priority = 100 }: { readonly keys?: Readonly<Record<string, string>>; readonly priority?: number } = {}
) =>
  Mark.create({
    name,
    priority,
    // Marks of different kinds may lie on the same words in any combination.
    excludes: name,
    addAttributes: () => carry('id', 'lang', 'dir', 'title', ...attributes),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag.replace(/\W.*/, ''), HTMLAttributes, 0],
    addKeyboardShortcuts() {
      return Object.fromEntries(
        Object.entries(keys).map(([key, target]) => [key, () => this.editor.commands.toggleMark(target)])
      )
    }
  })

/** The inline elements a page may hold that no ready-made extension knows. */
export const inlineMarks = [
  mark('keyboard', 'kbd'),
  mark('subscript', 'sub', [], { keys: { 'Mod-,': 'subscript' } }),
  mark('superscript', 'sup', [], { keys: { 'Mod-.': 'superscript' }, priority: AROUND_LINKS }),
  mark('highlight', 'mark', [], { keys: { 'Mod-Shift-h': 'highlight' } }),
  mark('sample', 'samp'),
  mark('variable', 'var'),
  mark('abbreviation', 'abbr'),
  mark('citation', 'cite'),
  mark('definition', 'dfn'),
  mark('quotation', 'q'),
  mark('small', 'small'),
  mark('insertion', 'ins'),
  mark('teletype', 'tt'),
  mark('time', 'time', ['datetime']),
  mark('anchor', 'a:not([href])', ['name']),
  mark('span', 'span', ['class'])
]
