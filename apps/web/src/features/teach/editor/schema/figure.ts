import { Node } from '@tiptap/core'
import { carry } from './carried-attributes.ts'

/** A picture with its legend. */
export const Figure = Node.create({
  name: 'figure',
  group: 'block',
  content: 'figureImage+ figcaption?',
  isolating: true,
  parseHTML: () => [{ tag: 'figure' }],
  renderHTML: ({ HTMLAttributes }) => ['figure', HTMLAttributes, 0]
})

export const FigureImage = Node.create({
  name: 'figureImage',
  atom: true,
  draggable: true,
  addAttributes: () => carry('src', 'alt', 'title'),
  parseHTML: () => [{ tag: 'img', context: 'figure/', priority: 60 }],
  renderHTML: ({ HTMLAttributes }) => ['img', HTMLAttributes]
})

export const Figcaption = Node.create({
  name: 'figcaption',
  content: 'paragraph+',
  parseHTML: () => [{ tag: 'figcaption' }],
  renderHTML: ({ HTMLAttributes }) => ['figcaption', HTMLAttributes, 0]
})
