import type { ImportWarning } from './course-import.ts'
import type { CourseSource } from './course-source.ts'
import { decodeText } from './decode-text.ts'
import { carpentriesFolders, isCarpentriesConfig, unitsOfLesson } from './structure/carpentries.ts'
import { unitsOfFolders } from './structure/folder-tree.ts'
import { readLinkList } from './structure/link-list.ts'
import { isManifest, outlineOfManifest } from './structure/manifest.ts'
import { mkdocsFolder, mkdocsMenu } from './structure/mkdocs.ts'
import { outlineOfMenu } from './structure/navigation.ts'
import type { Outline, Site } from './structure/outline.ts'
import { isMap, readYaml, textOf, type YamlMap } from './yaml-values.ts'

/** How the source itself describes its structure, and what it says about the course as a whole. */
export interface SiteConfig {
  title?: string
  description?: string
  language?: string
  /** Files that describe the course and are no part of it. */
  ownFiles: Set<string>
  flatFolders: string[]
  siteRoot: string
  /** Whether the author wrote down a list, so that a page missing from it deserves a warning. */
  listsPages: boolean
  outline: (site: Site) => Outline
  warnings: ImportWarning[]
}

const navigationFiles = /(^|\/)_?(sidebar|navbar|coverpage|footer)\.md$/i
const summaryFile = /(^|\/)SUMMARY\.md$/

/**
 * Finds the structure in this order: `course.yaml`, The Carpentries' `config.yaml`, `mkdocs.yml`, `_sidebar.md` or
 * `SUMMARY.md`, and else the folders themselves. A file that cannot be read is passed over with a warning.
 */
export async function readSiteConfig(source: CourseSource, files: Set<string>): Promise<SiteConfig> {
  const warnings: ImportWarning[] = []
  const yaml = async (names: string[]): Promise<{ file: string; config: YamlMap } | undefined> => {
    const file = names.find((name) => files.has(name))
    if (file === undefined) return undefined
    const { value, fault } = readYaml(decodeText(await source.read(file)).text)
    if (fault)
      warnings.push({
        code: 'course-import.manifest-faulty',
        path: file,
        line: fault.line,
        message: faulty(fault.message)
      })
    return isMap(value) ? { file, config: value } : undefined
  }
  const base = { ownFiles: new Set<string>(), flatFolders: [], siteRoot: '', listsPages: true, warnings }

  const manifest = await yaml(['course.yaml', 'course.yml'])
  if (manifest && isManifest(manifest.config)) {
    const outline = (site: Site): Outline => outlineOfManifest(site, manifest.config, manifest.file)
    return { ...base, ...about(manifest.config), ownFiles: new Set([manifest.file]), outline }
  }
  const lesson = await yaml(['config.yaml', '_config.yml'])
  if (lesson && isCarpentriesConfig(lesson.config)) {
    const outline = (site: Site): Outline => ({ units: unitsOfLesson(site, lesson.config), warnings: [] })
    const ownFiles = new Set([lesson.file])
    return { ...base, ...about(lesson.config), ownFiles, flatFolders: carpentriesFolders, listsPages: false, outline }
  }
  const mkdocs = await yaml(['mkdocs.yml', 'mkdocs.yaml'])
  if (mkdocs) {
    const menu = mkdocsMenu(mkdocs.config)
    const outline = (site: Site): Outline =>
      menu.length > 0 ? outlineOfMenu(site, menu, mkdocs.file) : { units: unitsOfFolders(site), warnings: [] }
    const siteRoot = mkdocsFolder(mkdocs.config)
    return {
      ...base,
      ...about(mkdocs.config),
      ownFiles: new Set([mkdocs.file]),
      siteRoot,
      listsPages: menu.length > 0,
      outline
    }
  }
  const lists = [...files].filter((path) => navigationFiles.test(path) || summaryFile.test(path))
  const list = shallowest(lists.filter((path) => /(sidebar|summary)\.md$/i.test(path)))
  if (list !== undefined) {
    const menu = readLinkList(decodeText(await source.read(list)).text, list, (path) => files.has(path))
    const siteRoot = list.includes('/') ? list.slice(0, list.lastIndexOf('/')) : ''
    const outline = (site: Site): Outline => outlineOfMenu(site, menu, list)
    if (menu.length > 0) return { ...base, ownFiles: new Set(lists), siteRoot, outline }
  }
  const outline = (site: Site): Outline => ({ units: unitsOfFolders(site), warnings: [] })
  return { ...base, ...about(manifest?.config ?? {}), listsPages: false, outline }
}

function about(config: YamlMap): { title?: string; description?: string; language?: string } {
  const title = textOf(config.title) ?? textOf(config.site_name)
  const description = textOf(config.description) ?? textOf(config.site_description)
  const theme = isMap(config.theme) ? config.theme : {}
  const language = textOf(config.language) ?? textOf(config.lang) ?? textOf(theme.language)
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(language === undefined ? {} : { language: language.replace('_', '-') })
  }
}

function shallowest(paths: string[]): string | undefined {
  return paths.sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))[0]
}

function faulty(message: string): string {
  return `This file cannot be read (${message}); the structure was taken from elsewhere.`
}
