import { posix } from 'node:path'
import { compareNaturally, folderOf, withoutExtension } from '../source-path.ts'
import { listOf, textOf, type YamlMap } from '../yaml-values.ts'
import { type OutlineEntry, type OutlineUnit, pageEntry, type Site } from './outline.ts'

/** Folders that the Carpentries Workbench publishes side by side. */
export const carpentriesFolders = ['episodes', 'learners', 'instructors', 'profiles', '']

export function isCarpentriesConfig(config: YamlMap): boolean {
  return 'carpentry' in config || 'episodes' in config
}

/**
 * A lesson of The Carpentries (https://carpentries.github.io/sandpaper-docs/): `config.yaml` lists the episodes and
 * may list the pages for learners and instructors; a list left blank means all of the folder.
 */
export function unitsOfLesson(site: Site, config: YamlMap): OutlineUnit[] {
  const inFolder = (name: string): string[] => ordered(site, name, listOf(config[name]).map(textOf))
  const home = ['index.md', 'index.Rmd', 'learners/setup.md'].filter((path) => site.pages.has(path))
  const learners = [...inFolder('learners'), ...inFolder('profiles')].filter((path) => !home.includes(path))
  return [
    unit(site.labels.introduction, home),
    unit(site.labels.lessons, inFolder('episodes')),
    unit(site.labels.forLearners, learners),
    unit(site.labels.forInstructors, inFolder('instructors'))
  ].filter(({ entries }) => entries.length > 0)
}

function ordered(site: Site, folder: string, listed: (string | undefined)[]): string[] {
  const inside = [...site.pages.keys()].filter((path) => folderOf(path) === folder).sort(compareNaturally)
  const named = listed.flatMap((name) => inside.filter((path) => name !== undefined && isNamed(path, name)))
  return [...new Set([...named, ...inside])]
}

function isNamed(path: string, name: string): boolean {
  return posix.basename(path) === name || withoutExtension(posix.basename(path)) === name
}

function unit(title: string, paths: string[]): OutlineUnit {
  const entries: OutlineEntry[] = paths.map(pageEntry)
  return { title, entries }
}
