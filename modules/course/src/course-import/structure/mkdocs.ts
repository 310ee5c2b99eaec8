import { joinInside } from '../source-path.ts'
import { isMap, listOf, textOf, type YamlMap } from '../yaml-values.ts'
import type { MenuEntry } from './navigation.ts'

/** The folder of the pages: https://www.mkdocs.org/user-guide/configuration/#docs_dir */
export function mkdocsFolder(config: YamlMap): string {
  return joinInside('', textOf(config.docs_dir) ?? 'docs') ?? ''
}

/** The `nav` of MkDocs: https://www.mkdocs.org/user-guide/configuration/#nav */
export function mkdocsMenu(config: YamlMap): MenuEntry[] {
  return listOf(config.nav).flatMap((entry) => readEntry(entry, mkdocsFolder(config)))
}

function readEntry(entry: unknown, folder: string): MenuEntry[] {
  const path = textOf(entry)
  if (path !== undefined) return [leaf(undefined, path, folder)]
  if (!isMap(entry)) return []
  return Object.entries(entry).map(([title, value]) => {
    const target = textOf(value)
    if (target !== undefined) return leaf(title, target, folder)
    return { title, children: listOf(value).flatMap((child) => readEntry(child, folder)) }
  })
}

function leaf(title: string | undefined, target: string, folder: string): MenuEntry {
  const named = title === undefined ? {} : { title }
  if (/^https?:/i.test(target)) return { ...named, url: target, children: [] }
  return { ...named, path: joinInside(folder, target.replace(/#.*$/, '')) ?? target, children: [] }
}
