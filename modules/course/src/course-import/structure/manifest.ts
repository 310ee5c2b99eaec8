import { joinInside } from '../source-path.ts'
import { isMap, listOf, textOf, type YamlMap } from '../yaml-values.ts'
import { entriesAt, notFound } from './navigation.ts'
import type { Outline, OutlineEntry, Site } from './outline.ts'

/**
 * Our own manifest, `course.yaml` (or `.yml`) at the root of the course:
 *
 * ```yaml
 * title: Beekeeping                 # all fields are optional but units
 * description: From the first hive to the first honey.
 * language: en                      # BCP 47
 * units:
 *   - title: The hive
 *     items:
 *       - hive/overview.md          # a page, a file, or a folder: all its pages in order
 *       - page: hive/frames.md
 *         title: Frames             # overrules the page's own
 *       - video: films/smoker.mp4   # a file of the course, or an https address
 *         title: Using the smoker
 *       - file: hive/checklist.pdf
 *       - link: https://example.org/bees
 *         title: Further reading
 * ```
 *
 * Paths are relative to the manifest. What it does not list is appended by the import, with a warning.
 */
export function outlineOfManifest(site: Site, manifest: YamlMap, file: string): Outline {
  const warnings: Outline['warnings'] = []
  const units = listOf(manifest.units)
    .filter(isMap)
    .map((unit, index) => ({
      title: textOf(unit.title) ?? `${site.labels.lessons} ${index + 1}`,
      entries: listOf(unit.items).flatMap((item) => readItem(site, item, file, warnings))
    }))
  return { units, warnings }
}

export function isManifest(value: YamlMap): boolean {
  return Array.isArray(value.units)
}

function readItem(site: Site, item: unknown, file: string, warnings: Outline['warnings']): OutlineEntry[] {
  const plain = textOf(item)
  const fields = isMap(item) ? item : plain === undefined ? {} : { [/^https?:/i.test(plain) ? 'link' : 'page']: plain }
  const title = textOf(fields.title)
  const target = textOf(fields.page) ?? textOf(fields.video) ?? textOf(fields.file) ?? textOf(fields.link)
  if (target === undefined) {
    warnings.push(notUnderstood(file, item))
    return []
  }
  if (/^https?:/i.test(target)) return [{ kind: 'link', url: target, title: title ?? target }]
  const path = joinInside('', target)
  const found = path === undefined ? [] : entriesAt(site, path)
  if (found.length === 0) warnings.push(notFound(target, file))
  const [only] = found
  const kind = 'video' in fields ? 'video' : 'file' in fields ? 'file' : undefined
  if (found.length !== 1 || !only) return found
  return [{ ...only, ...(kind && only.kind !== 'page' ? { kind } : {}), ...(title === undefined ? {} : { title }) }]
}

function notUnderstood(file: string, item: unknown): Outline['warnings'][number] {
  const message = `An item is neither a path nor has page, video, file or link: ${JSON.stringify(item) ?? ''}`
  return { code: 'course-import.manifest-item-unknown', path: file, message }
}
