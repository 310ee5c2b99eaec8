import { posix } from 'node:path'
import type { Root } from 'hast'
import rehypeStringify from 'rehype-stringify'
import { unified } from 'unified'
import { type CoursePlan, ImportRefused, type ImportWarning, type ItemPlan } from './course-import.ts'
import type { CourseSource, SourceFile } from './course-source.ts'
import { findTarget, type LinkIndex } from './find-target.ts'
import { labelsFor } from './labels.ts'
import { type MarkdownPage, readMarkdownPage } from './markdown-page.ts'
import { isDocument, isImage, isVideo, mediaTypeOf } from './media-type.ts'
import { resolveLinks } from './resolve-links.ts'
import { readSiteConfig, type SiteConfig } from './site-config.ts'
import { compareNaturally, isMarkdown, titleFromName } from './source-path.ts'
import { unitsOfFolders } from './structure/folder-tree.ts'
import { isAboutTheCourse, type OutlineEntry, type OutlineUnit, type Site } from './structure/outline.ts'

export interface ReadCourseOptions {
  /** The largest page, in bytes of Markdown; 2 MiB when left out. */
  pageSize?: number
}

const DESCRIPTION_LENGTH = 500
const stringifier = unified().use(rehypeStringify, { allowDangerousHtml: false })

/**
 * Reads a folder or archive of Markdown as the plan of a course. Every page is in the plan once, drafts excepted;
 * every file that a page shows or links is in its assets once. Faults of single pages are warnings; throws
 * `ImportRefused` where nothing sensible can be planned. The source stays open.
 */
export async function readCourse(source: CourseSource, options: ReadCourseOptions = {}): Promise<CoursePlan> {
  const listed = await source.list()
  const files = new Set(listed.map((file) => file.path))
  const config = await readSiteConfig(source, files)
  const labels = labelsFor(config.language)
  const read = await readPages(source, listed, config, options.pageSize ?? 2 * 1024 ** 2, labels)
  const pages = new Map(read.filter((page) => !page.frontMatter.draft).map((page) => [page.path, page]))
  if (pages.size === 0) throw noPages()

  const index: LinkIndex = { ...config, files: withoutDuplicates(files, config), pages, folded: foldCase(files) }
  const resolved = [...pages.values()].map((page) => resolveLinks(page, index))
  const shown = new Set(resolved.flatMap((page) => [...page.assets]))
  const films = filmsOfPages(pages, index)
  for (const film of films.found.values()) if (film.kind === 'video') shown.add(film.path)

  const looseFiles = listed
    .map((file) => file.path)
    .filter((path) => !shown.has(path) && (isVideo(path) || isDocument(path)))
  const title = config.title ?? (home(pages)?.title || titleFromName(source.name))
  const site: Site = { title, files, pages, looseFiles, labels }
  const { units, warnings } = arrange(site, config)
  const items = units.map((unit) => ({
    title: unit.title,
    items: unit.entries.flatMap((entry) => itemsFor(entry, pages, films.found, title))
  }))
  const assets = new Set([
    ...shown,
    ...items.flatMap((unit) => unit.items.flatMap((item) => ('assetPath' in item ? [item.assetPath] : [])))
  ])
  return {
    title,
    description: shortened(config.description ?? home(pages)?.frontMatter.description ?? home(pages)?.opening ?? ''),
    ...(config.language === undefined ? {} : { language: config.language }),
    units: items,
    assets: listed
      .filter((file) => assets.has(file.path))
      .map(({ path, size }) => ({ path, name: posix.basename(path), mediaType: mediaTypeOf(path), size })),
    warnings: [
      ...source.warnings,
      ...config.warnings,
      ...warnings,
      ...byLine([
        ...read.flatMap((page) => page.warnings),
        ...resolved.flatMap((page) => page.warnings),
        ...films.warnings,
        ...drafts(read)
      ]),
      ...leftOut(listed, assets, config)
    ]
  }
}

async function readPages(
  source: CourseSource,
  listed: SourceFile[],
  config: SiteConfig,
  pageSize: number,
  labels: ReturnType<typeof labelsFor>
): Promise<MarkdownPage[]> {
  const pages: MarkdownPage[] = []
  for (const file of listed) {
    if (!isMarkdown(file.path) || config.ownFiles.has(file.path)) continue
    if (file.size > pageSize) throw pageTooLarge(file.path, pageSize)
    pages.push(readMarkdownPage(file.path, await source.read(file.path), labels))
  }
  return pages
}

/** The outline, with each page in it once and those that were left out of a written list appended. */
function arrange(site: Site, config: SiteConfig): { units: OutlineUnit[]; warnings: ImportWarning[] } {
  const { units: planned, warnings } = config.outline(site)
  const placed = new Set<string>()
  const units: OutlineUnit[] = planned.map((unit) => ({
    title: unit.title,
    entries: unit.entries.filter((entry) => {
      if (entry.kind === 'link') return true
      const isNew = !placed.has(entry.path)
      placed.add(entry.path)
      return isNew
    })
  }))
  const missing = [...site.pages.keys(), ...site.looseFiles].filter((path) => !placed.has(path))
  const about = missing.filter((path) => isAboutTheCourse(path) || path === 'README.md')
  const others = missing.filter((path) => !about.includes(path))
  const unlisted = config.listsPages ? others.map((path) => notListed(path)) : []
  const more = unitsOfFolders(site, others).flatMap((unit) => unit.entries)
  const rest = [
    { title: site.labels.more, entries: more },
    { title: site.labels.about, entries: unitsOfFolders(site, about).flatMap((unit) => unit.entries) }
  ]
  return { units: [...units, ...rest].filter((unit) => unit.entries.length > 0), warnings: [...warnings, ...unlisted] }
}

function itemsFor(
  entry: OutlineEntry,
  pages: Map<string, MarkdownPage>,
  films: Map<string, Film>,
  courseTitle: string
): ItemPlan[] {
  if (entry.kind === 'link') return [entry]
  if (entry.kind !== 'page') {
    return [
      { kind: entry.kind, title: entry.title ?? titleFromName(posix.basename(entry.path)), assetPath: entry.path }
    ]
  }
  const page = pages.get(entry.path)
  if (!page) return []
  const title = entry.title ?? (page.title || courseTitle)
  const film = films.get(page.path)
  const { minutes } = page.frontMatter
  const item: ItemPlan = {
    kind: 'page',
    title,
    sourcePath: page.path,
    html: htmlOf(page.tree),
    ...(minutes === undefined ? {} : { minutes })
  }
  if (!film) return [item]
  return [
    film.kind === 'link' ? { kind: 'link', title, url: film.url } : { kind: 'video', title, assetPath: film.path },
    item
  ]
}

type Film = { kind: 'video'; path: string } | { kind: 'link'; url: string }

/** What the `video` of front matter means, by page. */
function filmsOfPages(
  pages: Map<string, MarkdownPage>,
  index: LinkIndex
): { found: Map<string, Film>; warnings: ImportWarning[] } {
  const found = new Map<string, Film>()
  const warnings: ImportWarning[] = []
  for (const page of pages.values()) {
    const { video } = page.frontMatter
    if (video === undefined) continue
    if (/^https?:\/\//i.test(video)) found.set(page.path, { kind: 'link', url: video })
    else {
      const target = findTarget(index, page.path, video)
      if (target.kind === 'file') found.set(page.path, { kind: 'video', path: target.path })
      else
        warnings.push({
          code: 'course-import.video-missing',
          path: page.path,
          line: 1,
          message: `The video “${video}” is not in the course. Add the file or correct the front matter.`
        })
    }
  }
  return { found, warnings }
}

function htmlOf(tree: Root): string {
  return stringifier.stringify(tree).trim()
}

function home(pages: Map<string, MarkdownPage>): MarkdownPage | undefined {
  const names = ['index.md', 'README.md', 'readme.md', '_index.md', 'docs/index.md', 'docs/README.md', 'src/README.md']
  return names.map((name) => pages.get(name)).find((page) => page !== undefined)
}

function withoutDuplicates(files: Set<string>, config: SiteConfig): Set<string> {
  return new Set([...files].filter((path) => !(isMarkdown(path) && config.ownFiles.has(path))))
}

function foldCase(files: Set<string>): Map<string, string> {
  return new Map([...files].map((path) => [path.toLowerCase(), path]))
}

function shortened(text: string): string {
  if (text.length <= DESCRIPTION_LENGTH) return text
  const cut = text.slice(0, DESCRIPTION_LENGTH)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), DESCRIPTION_LENGTH / 2)).replace(/[\s,;:]$/, '')}…`
}

function byLine(warnings: ImportWarning[]): ImportWarning[] {
  return warnings.sort((a, b) => compareNaturally(a.path ?? '', b.path ?? '') || (a.line ?? 0) - (b.line ?? 0))
}

function drafts(pages: MarkdownPage[]): ImportWarning[] {
  return pages
    .filter((page) => page.frontMatter.draft)
    .map(({ path }) => ({
      code: 'course-import.draft-skipped',
      path,
      line: 1,
      message: 'This page is a draft and was not imported. Remove “draft” to import it.'
    }))
}

function leftOut(listed: SourceFile[], assets: Set<string>, config: SiteConfig): ImportWarning[] {
  const unused = listed
    .map((file) => file.path)
    .filter((path) => !assets.has(path) && !isMarkdown(path) && !config.ownFiles.has(path))
  const images = unused.filter(isImage)
  const others = unused.filter((path) => !isImage(path))
  return [
    ...summary('images-unused', images, 'images that no page shows were left out'),
    ...summary('files-unused', others, 'files that no page links to were left out')
  ]
}

function summary(code: string, paths: string[], sentence: string): ImportWarning[] {
  if (paths.length === 0) return []
  const names = paths.slice(0, 5).join(', ') + (paths.length > 5 ? ', …' : '')
  return [{ code: `course-import.${code}`, message: `${paths.length} ${sentence}: ${names}` }]
}

function notListed(path: string): ImportWarning {
  const message = 'This file is not in the list of contents; it was put at the end of the course.'
  return { code: 'course-import.not-listed', path, message }
}

function noPages(): ImportRefused {
  return new ImportRefused(
    'course-import.no-pages',
    'There is no Markdown page to import here. A course needs at least one .md file that is not a draft.'
  )
}

function pageTooLarge(path: string, limit: number): ImportRefused {
  const message = `This page is larger than ${Math.floor(limit / 1024)} KiB of Markdown. Split it into several pages.`
  return new ImportRefused('course-import.page-too-large', message, path)
}
