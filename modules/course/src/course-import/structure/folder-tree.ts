import { posix } from 'node:path'
import { isVideo } from '../media-type.ts'
import { compareNaturally, folderOf, isMarkdown, isOverview, numberOf, titleFromName } from '../source-path.ts'
import { isAboutTheCourse, type OutlineEntry, type OutlineUnit, pageEntry, type Site } from './outline.ts'

interface Folder {
  path: string
  overview?: string
  entries: string[]
  folders: Map<string, Folder>
}

const namesOfNoMeaning = /^((ch|chapter|module|unit|week|lesson|part|section|глава|урок|тема|модуль)[\s_-]*)?\d*$/i
const containers = /^(docs?|content|contents|src|lessons|course|book|_?episodes|_?chapters)$/i

/**
 * The course as its folders have it. Each top-level folder is a unit, with what lies deeper in order; an overview
 * (README or index) comes first in its folder; numbers order, and front matter (`order`, `unit`) overrules. Pages
 * beside the folders make the first unit, pages about the project the last.
 */
export function unitsOfFolders(
  site: Site,
  paths: string[] = [...site.pages.keys(), ...site.looseFiles]
): OutlineUnit[] {
  const about = paths.filter((path) => isAboutTheCourse(path) || isMediaReadme(path, paths))
  const root = folderTree(paths.filter((path) => !about.includes(path)))
  const content = contentFolder(root)
  const first = [...(content === root ? [] : ownEntries(root, site)), ...ownEntries(content, site)]
  const folders = sortedFolders(content, site)
  const units: OutlineUnit[] = [
    {
      title: folders.length === 0 ? site.title : site.labels.introduction,
      entries: first.map((path) => entryOf(path))
    },
    ...folders.map((folder) => ({ title: unitTitle(folder, site), entries: flattened(folder, site).map(entryOf) })),
    { title: site.labels.about, entries: about.sort(compareNaturally).map(entryOf) }
  ]
  return gatherNamedUnits(units, site).filter((unit) => unit.entries.length > 0)
}

function entryOf(path: string): OutlineEntry {
  if (isMarkdown(path)) return pageEntry(path)
  return { kind: isVideo(path) ? 'video' : 'file', path }
}

/** The README of a folder of images tells about the images. */
function isMediaReadme(path: string, paths: string[]): boolean {
  const folder = folderOf(path)
  const media = /^(images?|img|assets|media|fig(ures)?|pictures|static|icons|files)$/i.test(posix.basename(folder))
  return media && isOverview(path) && paths.every((other) => other === path || !other.startsWith(`${folder}/`))
}

function folderTree(paths: string[]): Folder {
  const root: Folder = { path: '', entries: [], folders: new Map() }
  for (const path of paths) {
    let folder = root
    const parts = path.split('/').slice(0, -1)
    for (const [depth, part] of parts.entries()) {
      const next = folder.folders.get(part) ?? {
        path: parts.slice(0, depth + 1).join('/'),
        entries: [],
        folders: new Map()
      }
      folder.folders.set(part, next)
      folder = next
    }
    if (isOverview(path) && folder.overview === undefined) folder.overview = path
    else folder.entries.push(path)
  }
  return root
}

/** Where everything lies in one folder such as `docs`, its folders are the units. */
function contentFolder(root: Folder): Folder {
  const [only, ...others] = root.folders.values()
  return only && others.length === 0 && containers.test(only.path) ? only : root
}

function flattened(folder: Folder, site: Site): string[] {
  return ownEntries(folder, site, true)
}

/** The overview, then pages and files in order; with `deep`, folders at their place among them. */
function ownEntries(folder: Folder, site: Site, deep = false): string[] {
  const children = [
    ...folder.entries.map((path) => ({
      name: posix.basename(path),
      order: orderOf(path, site),
      isFolder: false,
      paths: [path]
    })),
    ...(deep ? sortedFolders(folder, site) : []).map((inner) => ({
      name: posix.basename(inner.path),
      order: folderOrder(inner, site),
      isFolder: true,
      paths: flattened(inner, site)
    }))
  ].sort((a, b) => a.order - b.order || Number(a.isFolder) - Number(b.isFolder) || compareNaturally(a.name, b.name))
  return [...(folder.overview === undefined ? [] : [folder.overview]), ...children.flatMap((child) => child.paths)]
}

function sortedFolders(folder: Folder, site: Site): Folder[] {
  return [...folder.folders.values()].sort(
    (a, b) => folderOrder(a, site) - folderOrder(b, site) || compareNaturally(a.path, b.path)
  )
}

const LAST = Number.MAX_SAFE_INTEGER

function orderOf(path: string, site: Site): number {
  return site.pages.get(path)?.frontMatter.order ?? numberOf(posix.basename(path)) ?? LAST
}

function folderOrder(folder: Folder, site: Site): number {
  const stated = folder.overview === undefined ? undefined : site.pages.get(folder.overview)?.frontMatter.order
  return stated ?? numberOf(posix.basename(folder.path)) ?? LAST
}

/** A folder's own name, unless it is only a number; then what its overview is called. */
function unitTitle(folder: Folder, site: Site): string {
  const name = posix.basename(folder.path)
  const overview = folder.overview === undefined ? undefined : site.pages.get(folder.overview)
  return overview && namesOfNoMeaning.test(name) ? overview.title : titleFromName(name)
}

/** Pages that name their unit in front matter go there, after what is there already. */
function gatherNamedUnits(units: OutlineUnit[], site: Site): OutlineUnit[] {
  const about = units.at(-1)
  const gathered: OutlineUnit[] = units.slice(0, -1).map((unit) => ({ title: unit.title, entries: [] }))
  for (const [at, unit] of units.slice(0, -1).entries()) {
    for (const entry of unit.entries) {
      const name = entry.kind === 'page' ? site.pages.get(entry.path)?.frontMatter.unit : undefined
      const home = name === undefined ? gathered[at] : gathered.find((candidate) => candidate.title === name)
      if (home) home.entries.push(entry)
      else if (name !== undefined) gathered.push({ title: name, entries: [entry] })
    }
  }
  return about ? [...gathered, about] : gathered
}
