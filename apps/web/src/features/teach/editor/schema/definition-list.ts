import { Node } from '@tiptap/core'

/** Terms and what they mean, as glossaries of imported pages have them. */
export const DefinitionList = Node.create({
  name: 'definitionList',
  group: 'block',
  content: '(definitionTerm | definitionText)+',
  parseHTML: () => [{ tag: 'dl' }],
  renderHTML: ({ HTMLAttributes }) => ['dl', HTMLAttributes, 0]
})

export const DefinitionTerm = Node.create({
  name: 'definitionTerm',
  content: 'paragraph+',
  defining: true,
  parseHTML: () => [{ tag: 'dt' }],
  renderHTML: ({ HTMLAttributes }) => ['dt', HTMLAttributes, 0]
})

export const DefinitionText = Node.create({
  name: 'definitionText',
  content: 'block+',
  defining: true,
  parseHTML: () => [{ tag: 'dd' }],
  renderHTML: ({ HTMLAttributes }) => ['dd', HTMLAttributes, 0]
})
