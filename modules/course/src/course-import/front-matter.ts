import type { ImportWarning } from './course-import.ts'
import { isMap, numberIn, readYaml, textOf } from './yaml-values.ts'

/** What a page says about itself above its first line. */
export interface FrontMatter {
  title?: string
  order?: number
  description?: string
  draft: boolean
  /** The title of the unit it belongs to, where the structure is not written down elsewhere. */
  unit?: string
  minutes?: number
  /** A path relative to the page, or an address. */
  video?: string
}

const used = new Set(
  'title order weight nav_order sidebar_position position description summary draft published unit section duration teaching exercises video'.split(
    ' '
  )
)
// What site generators read for themselves; a course loses nothing without it.
const ofNoConcern = new Set(
  'layout permalink site slug id tags keywords categories category date updated lastmod author authors lang language image root questions objectives keypoints source editor_options output aliases url redirect_from hide_title sidebar_label nav_title linktitle toc math'.split(
    ' '
  )
)

/** Reads YAML front matter. Faults and fields that the import does not use become warnings. */
export function readFrontMatter(yaml: string, path: string): { frontMatter: FrontMatter; warnings: ImportWarning[] } {
  const { value, fault } = readYaml(yaml)
  if (fault) {
    const message = `The front matter cannot be read (${fault.message}); the page was imported without it.`
    return { frontMatter: { draft: false }, warnings: [warning('front-matter-faulty', path, message, fault.line + 1)] }
  }
  const fields = new Map(Object.entries(isMap(value) ? value : {}).map(([key, field]) => [key.toLowerCase(), field]))
  const frontMatter: FrontMatter = { draft: fields.get('draft') === true || fields.get('published') === false }
  const title = textOf(fields.get('title'))
  const order = firstNumber(fields, ['order', 'weight', 'nav_order', 'sidebar_position', 'position'])
  const description = textOf(fields.get('description')) ?? textOf(fields.get('summary'))
  const unit = textOf(fields.get('unit')) ?? textOf(fields.get('section'))
  const minutes = minutesOf(fields)
  const video = textOf(fields.get('video'))
  if (title !== undefined) frontMatter.title = title
  if (order !== undefined) frontMatter.order = order
  if (description !== undefined) frontMatter.description = description
  if (unit !== undefined) frontMatter.unit = unit
  if (minutes !== undefined) frontMatter.minutes = minutes
  if (video !== undefined) frontMatter.video = video
  return { frontMatter, warnings: unusedFields([...fields.keys()], yaml, path) }
}

function firstNumber(fields: Map<string, unknown>, names: string[]): number | undefined {
  return names.map((name) => numberIn(fields.get(name))).find((number) => number !== undefined)
}

/** `teaching` and `exercises` are The Carpentries' fields, in minutes; `duration` is a number or starts with one. */
function minutesOf(fields: Map<string, unknown>): number | undefined {
  const duration = fields.get('duration')
  const stated = numberIn(duration) ?? numberIn(/^(\d+)\s*(m|min|minutes?|мин|د)?\b/i.exec(textOf(duration) ?? '')?.[1])
  const minutes = stated ?? (numberIn(fields.get('teaching')) ?? 0) + (numberIn(fields.get('exercises')) ?? 0)
  return minutes > 0 && minutes < 100_000 ? Math.round(minutes) : undefined
}

function unusedFields(names: string[], yaml: string, path: string): ImportWarning[] {
  return names
    .filter((name) => !used.has(name) && !ofNoConcern.has(name))
    .map((name) => {
      const at = yaml.split('\n').findIndex((line) => line.toLowerCase().startsWith(`${name}:`))
      const message = `The field “${name}” of the front matter is not used by the import.`
      return warning('front-matter-field-unused', path, message, Math.max(at, 0) + 2)
    })
}

function warning(code: string, path: string, message: string, line: number): ImportWarning {
  return { code: `course-import.${code}`, path, line, message }
}
