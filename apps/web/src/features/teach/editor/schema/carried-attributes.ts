import { Extension } from '@tiptap/core'

const carried = (name: string) => ({
  default: null,
  // The second half of a split paragraph is no target of links to the first.
  keepOnSplit: name !== 'id',
  parseHTML: (element: HTMLElement) => element.getAttribute(name),
  renderHTML: (attributes: Record<string, unknown>) => (attributes[name] == null ? {} : { [name]: attributes[name] })
})

/** Attributes that go through the editor untouched, as Tiptap wants them declared. */
export const carry = (...names: string[]) => Object.fromEntries(names.map((name) => [name, carried(name)]))

const ANYWHERE = ['id', 'lang', 'dir', 'title']

/**
 * What pages from elsewhere carry along and nobody edits here: targets of links, languages, alignment. Without this an
 * editor would quietly drop it.
 */
export const CarriedAttributes = Extension.create({
  name: 'carriedAttributes',
  addGlobalAttributes: () => [
    {
      types: [
        'paragraph',
        'heading',
        'blockquote',
        'bulletList',
        'orderedList',
        'listItem',
        'taskList',
        'taskItem',
        'codeBlock',
        'table',
        'tableRow',
        'tableCell',
        'tableHeader',
        'horizontalRule',
        'callout',
        'box',
        'details',
        'detailsSummary',
        'figure',
        'figcaption',
        'definitionList',
        'definitionTerm',
        'definitionText'
      ],
      attributes: carry(...ANYWHERE)
    },
    { types: ['paragraph', 'box'], attributes: carry('align') },
    // Words that lie in a list item or a cell without a paragraph of their own get one here, and lose it on the way out.
    {
      types: ['paragraph'],
      attributes: {
        written: {
          default: false,
          parseHTML: (element) => !element.hasAttribute('data-bare'),
          renderHTML: ({ written }) => (written ? {} : { 'data-bare': '' })
        }
      }
    },
    { types: ['heading'], attributes: carry('class') },
    { types: ['orderedList'], attributes: carry('reversed') },
    { types: ['listItem'], attributes: carry('value') },
    { types: ['tableCell', 'tableHeader'], attributes: carry('headers') },
    { types: ['tableHeader'], attributes: carry('scope', 'abbr') },
    { types: ['table'], attributes: carry('aria-label', 'aria-describedby', 'aria-labelledby') },
    { types: ['image', 'figureImage'], attributes: carry('id', 'lang', 'dir', 'width', 'height', 'aria-label') },
    {
      types: ['link'],
      attributes: carry(
        ...ANYWHERE,
        'name',
        'aria-label',
        'aria-describedby',
        'data-footnote-ref',
        'data-footnote-backref'
      )
    }
  ]
})
