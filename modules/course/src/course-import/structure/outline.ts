import { posix } from 'node:path'
import type { ImportWarning } from '../course-import.ts'
import type { Labels } from '../labels.ts'
import type { MarkdownPage } from '../markdown-page.ts'
import { folderOf, withoutExtension } from '../source-path.ts'

/** A course in outline: which page or file comes where. */
export interface Outline {
  units: OutlineUnit[]
  warnings: ImportWarning[]
}

export interface OutlineUnit {
  title: string
  entries: OutlineEntry[]
}

export type OutlineEntry =
  | { kind: 'page'; path: string; title?: string }
  | { kind: 'video' | 'file'; path: string; title?: string }
  | { kind: 'link'; url: string; title: string }

/** What there is to arrange. */
export interface Site {
  title: string
  files: Set<string>
  pages: Map<string, MarkdownPage>
  /** Videos and documents that no page shows, which become items of their own. */
  looseFiles: string[]
  labels: Labels
}

const aboutTheCourse =
  /^(licen[cs]es?|copying|contributing|contributors|code[-_ ]of[-_ ]conduct|changelog|attributions?|authors|maintainers|citation|governance|acknowledge?ments?|(pull_request|issue)_template)$/i
// Words that a lesson may well be called; shouted, they are files of a repository.
const aboutTheRepository = /^(SECURITY|SUPPORT|TRANSLATIONS?|HISTORY|CHANGES|CREDITS|CONDUCT)$/

/** Pages about the project rather than of the course: a licence, a list of authors. They come last. */
export function isAboutTheCourse(path: string): boolean {
  const name = withoutExtension(posix.basename(path))
  return folderOf(path) === '' && (aboutTheCourse.test(name) || aboutTheRepository.test(name))
}

export function pageEntry(path: string): OutlineEntry {
  return { kind: 'page', path }
}
