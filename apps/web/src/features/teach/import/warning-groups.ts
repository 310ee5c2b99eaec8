import type { CourseImport } from '@lyceum/course/contract'

type Warning = CourseImport['warnings'][number]

export interface WarningGroup {
  readonly code: string
  /** By file, in the order they came; '' for what concerns no file. */
  readonly files: readonly { readonly path: string; readonly messages: readonly string[] }[]
  readonly count: number
}

/** Warnings of one kind together, and within them those of one file; the most frequent kind last. */
export function groupWarnings(warnings: readonly Warning[]): WarningGroup[] {
  const byCode = new Map<string, Map<string, string[]>>()
  for (const { code, path = '', message } of warnings) {
    const files = byCode.get(code) ?? new Map<string, string[]>()
    byCode.set(code, files)
    files.set(path, [...(files.get(path) ?? []), message])
  }
  return [...byCode]
    .map(([code, files]) => ({
      code,
      files: [...files].map(([path, messages]) => ({ path, messages })),
      count: [...files.values()].reduce((sum, messages) => sum + messages.length, 0)
    }))
    .toSorted((one, other) => one.count - other.count)
}
