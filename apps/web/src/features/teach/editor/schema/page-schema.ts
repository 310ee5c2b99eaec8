import type { Extensions } from '@tiptap/core'
import { Code } from '@tiptap/extension-code'
import Image from '@tiptap/extension-image'
import Link from '@tiptap/extension-link'
import { ListItem, TaskItem, TaskList } from '@tiptap/extension-list'
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table'
import StarterKit from '@tiptap/starter-kit'
import { isHarmlessAddress } from '../page-html/safe-fragment.ts'
import { Box, Callout } from './callout.ts'
import { CarriedAttributes, carry } from './carried-attributes.ts'
import { DefinitionList, DefinitionTerm, DefinitionText } from './definition-list.ts'
import { Details, DetailsSummary } from './details.ts'
import { Figcaption, Figure, FigureImage } from './figure.ts'
import { inlineMarks } from './inline-marks.ts'
import { RawBlock, RawInline } from './raw.ts'

const span = (name: 'colspan' | 'rowspan') => ({
  default: 1,
  parseHTML: (element: HTMLElement) => Number(element.getAttribute(name) ?? 1) || 1,
  renderHTML: (attributes: Record<string, unknown>) => (attributes[name] === 1 ? {} : { [name]: attributes[name] })
})

/** Alignment as an attribute: pages may have no styles. `colwidth` is asked for by the commands for tables. */
const cellAttributes = () => ({
  colspan: span('colspan'),
  rowspan: span('rowspan'),
  colwidth: { default: null, rendered: false },
  ...carry('align')
})

/** Everything a page may consist of while it is edited; what is not here goes through untouched as a raw part. */
export const pageExtensions: Extensions = [
  StarterKit.configure({
    code: false,
    listItem: false,
    // Its own look is the page's business.
    dropcursor: { class: 'drop-line', color: false, width: 3 },
    link: false
  }),
  // What is typed after a link is no part of it.
  Link.extend({ inclusive: false }).configure({
    openOnClick: false,
    defaultProtocol: 'https',
    HTMLAttributes: { target: null, rel: null, class: null },
    isAllowedUri: (address) => isHarmlessAddress(address)
  }),
  // Ready-made, it would take bold and links away from code.
  Code.extend({ excludes: 'code' }),
  // Code and pictures may begin an item as well as words.
  ListItem.extend({ content: 'block+' }),
  Image.configure({ inline: true }),
  // The form that Markdown has for tasks, which the server and the readers' screen know.
  TaskList.extend({
    parseHTML: () => [{ tag: 'ul.contains-task-list', priority: 60 }],
    renderHTML: ({ HTMLAttributes }) => ['ul', { ...HTMLAttributes, class: 'contains-task-list' }, 0]
  }),
  TaskItem.extend({
    addAttributes: () => ({
      checked: {
        default: false,
        keepOnSplit: false,
        parseHTML: (element) =>
          element.querySelector(':scope > input, :scope > p > input')?.hasAttribute('checked') ?? false,
        renderHTML: ({ checked }) => ({ 'data-checked': String(checked) })
      }
    }),
    parseHTML: () => [
      { tag: 'li.task-list-item', priority: 60 },
      { tag: 'input', ignore: true }
    ],
    renderHTML: ({ HTMLAttributes }) => ['li', { ...HTMLAttributes, class: 'task-list-item' }, 0]
  }).configure({ nested: true }),
  // Widths of columns are a matter of the reader's screen.
  Table.extend({ renderHTML: ({ HTMLAttributes }) => ['table', HTMLAttributes, ['tbody', 0]] }).configure({
    resizable: false,
    View: null
  }),
  TableRow,
  TableHeader.extend({ addAttributes: cellAttributes }),
  TableCell.extend({ addAttributes: cellAttributes }),
  CarriedAttributes,
  ...inlineMarks,
  Callout,
  Box,
  DefinitionList,
  DefinitionTerm,
  DefinitionText,
  Details,
  DetailsSummary,
  Figure,
  FigureImage,
  Figcaption,
  RawBlock,
  RawInline
]
