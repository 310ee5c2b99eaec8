import { isDocument, isVideo } from '../media-type.ts'
import { compareNaturally } from '../source-path.ts'
import type { Outline, OutlineEntry, OutlineUnit, Site } from './outline.ts'

/** A menu as MkDocs, Docsify, mdBook and GitBook have it. `path` is a path in the source. */
export interface MenuEntry {
  title?: string
  path?: string
  url?: string
  children: MenuEntry[]
  /** Where the menu says so, for warnings. */
  line?: number
}

/**
 * Units of a menu: an entry with others below it is a unit, of all that is below; entries in a row that have none
 * make a unit together. `file` is where the menu is written.
 */
export function outlineOfMenu(site: Site, menu: MenuEntry[], file: string): Outline {
  const warnings: Outline['warnings'] = []
  const units: OutlineUnit[] = []
  const flat = menu.every((entry) => entry.children.length === 0)
  let run: OutlineUnit | undefined
  for (const entry of menu) {
    const below = entry.children.flatMap((child) => flattened(child))
    const entries = [entry, ...below].flatMap((item) => outlineEntries(site, item, file, warnings))
    if (entry.children.length > 0) {
      units.push({ title: entry.title ?? site.labels.more, entries })
      run = undefined
    } else if (run) run.entries.push(...entries)
    else {
      run = { title: flat ? site.title : units.length === 0 ? site.labels.introduction : site.labels.more, entries }
      units.push(run)
    }
  }
  return { units, warnings }
}

function flattened(entry: MenuEntry): MenuEntry[] {
  return [entry, ...entry.children.flatMap(flattened)]
}

function outlineEntries(site: Site, entry: MenuEntry, file: string, warnings: Outline['warnings']): OutlineEntry[] {
  const title = entry.title === undefined ? {} : { title: entry.title }
  if (entry.url !== undefined) return [{ kind: 'link', url: entry.url, title: entry.title ?? entry.url }]
  if (entry.path === undefined) return []
  const entries = entriesAt(site, entry.path).map((found) => ({
    ...found,
    ...(found.path === entry.path ? title : {})
  }))
  if (entries.length === 0) warnings.push(notFound(entry.path, file, entry.line))
  return entries
}

/** What a path names: a page, a file, or all pages of a folder. */
export function entriesAt(site: Site, path: string): { kind: 'page' | 'video' | 'file'; path: string }[] {
  if (site.pages.has(path)) return [{ kind: 'page', path }]
  if (site.files.has(path)) {
    if (isVideo(path)) return [{ kind: 'video', path }]
    return isDocument(path) || !/\.(md|markdown)$/i.test(path) ? [{ kind: 'file', path }] : []
  }
  return [...site.pages.keys()]
    .filter((page) => path === '' || page.startsWith(`${path}/`))
    .sort(compareNaturally)
    .map((page) => ({ kind: 'page', path: page }))
}

export function notFound(path: string, file: string, line?: number): Outline['warnings'][number] {
  const message = `“${path}” is listed here but is not in the course, or is a draft. Add the file or take it off the list.`
  return { code: 'course-import.listed-file-missing', path: file, ...(line === undefined ? {} : { line }), message }
}
