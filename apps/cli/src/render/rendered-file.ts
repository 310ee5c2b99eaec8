import { stringify } from 'yaml'

/** A file that the product writes from its configuration; the path is relative to the folder that keeps all of them. */
export interface RenderedFile {
  readonly path: string
  readonly text: string
}

/** First line of everything rendered, so that nobody edits what the next rendering overwrites. */
export const WRITTEN = 'Written by `lyceum config render` from deployment.yaml; change that and render again.'

export const yamlFile = (path: string, ...documents: readonly object[]): RenderedFile => ({
  path,
  text: `# ${WRITTEN}\n${documents.map((document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')}`
})

export const textFile = (path: string, text: string, comment = '#'): RenderedFile => ({
  path,
  text: `${comment} ${WRITTEN}\n${text.trim()}\n`
})

/** JSON has no comments: what wrote it is said in docs/. */
export const jsonFile = (path: string, value: object): RenderedFile => ({
  path,
  text: `${JSON.stringify(value, undefined, 2)}\n`
})
