import { readFileSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Files that allow themselves the most time begin first, so that none of them is what everybody waits for in the end.
 * What another run has measured is not known in a clean clone; what a file says of itself is.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const allowed = new Map(files.map((file) => [file, longestAllowed(file.moduleId)]))
    const bySize = await super.sort(files)
    return bySize.sort((one, other) => (allowed.get(other) ?? 0) - (allowed.get(one) ?? 0))
  }
}

/** Milliseconds, written as `240_000`. */
function longestAllowed(file: string): number {
  const numbers = readFileSync(file, 'utf8').match(/\b\d+_000\b/g) ?? []
  return Math.max(0, ...numbers.map((number) => Number(number.replaceAll('_', ''))))
}
