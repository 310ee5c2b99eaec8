import { Mark } from '@tiptap/core'
import { carry } from './carried-attributes.ts'

const mark = (
  name: string,
  tag: string,
  attributes: readonly string[] = [],
  keys: Readonly<Record<string, string>> = {}
) =>
  Mark.create({
    name,
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
  mark('subscript', 'sub', [], { 'Mod-,': 'subscript' }),
  mark('superscript', 'sup', [], { 'Mod-.': 'superscript' }),
  mark('highlight', 'mark', [], { 'Mod-Shift-h': 'highlight' }),
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
