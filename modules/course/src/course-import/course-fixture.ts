import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { onTestFinished } from 'vitest'
import { ZipFile } from 'yazl'
import type { CoursePlan, ItemPlan } from './course-import.ts'
import { openFolderSource } from './folder-source.ts'
import { type ReadCourseOptions, readCourse } from './read-course.ts'

export type Files = Record<string, string | Buffer>

/** For tests: a folder on disk with these files, gone when the test ends. */
export async function courseFolder(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lyceum-import-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

/** For tests: the plan of a course with these files. */
export async function planOf(files: Files, options?: ReadCourseOptions): Promise<CoursePlan> {
  return readCourse(await openFolderSource(await courseFolder(files)), options)
}

/** For tests: a zip made by an ordinary archiver, or the bytes given. */
export async function zipOf(files: Files | Buffer): Promise<string> {
  const path = join(await courseFolder({}), 'course.zip')
  if (Buffer.isBuffer(files)) await writeFile(path, files)
  else {
    const zip = new ZipFile()
    for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name)
    zip.end()
    await pipeline(zip.outputStream, createWriteStream(path))
  }
  return path
}

export type Page = Extract<ItemPlan, { kind: 'page' }>

/** The planned page, by path in the source. */
export function pageIn(plan: CoursePlan, path: string): Page {
  const found = plan.units
    .flatMap((unit) => unit.items)
    .find((item) => item.kind === 'page' && item.sourcePath === path)
  if (found?.kind === 'page') return found
  throw new Error(`The plan has no page ${path}.`)
}

/** `Unit: first, second` for each unit, as a reader sees the course. */
export function contents(plan: CoursePlan): string[] {
  return plan.units.map((unit) => `${unit.title}: ${unit.items.map((item) => item.title).join(', ')}`)
}

/** `code path:line` of each warning. */
export function warned(plan: CoursePlan): string[] {
  return plan.warnings.map(({ code, path, line }) =>
    `${code.replace('course-import.', '')} ${path ?? ''}${line === undefined ? '' : `:${line}`}`.trim()
  )
}
