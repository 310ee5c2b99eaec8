import { codeLines } from './fenced-divs.ts'

// Reading time grows with the square of these. At the limits a block takes about a second; people stay far below.
const BRACKETS_IN_A_BLOCK = 5_000
const EMPHASIS_MARKS_IN_A_BLOCK = 10_000
const NESTED_CONTAINERS = 50

/** Whether a page is made so that reading it takes minutes: brackets that never close, quotes and boxes nested by the hundred. */
export function isTooComplex(markdown: string, nestedFences: number): boolean {
  if (nestedFences > NESTED_CONTAINERS) return true
  const lines = markdown.split('\n')
  const code = codeLines(lines)
  let brackets = 0
  let marks = 0
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || code.has(index)) {
      brackets = 0
      marks = 0
      continue
    }
    brackets += line.split('[').length - 1
    marks += line.split(/[*_~]/).length - 1
    if (brackets > BRACKETS_IN_A_BLOCK || marks > EMPHASIS_MARKS_IN_A_BLOCK) return true
    if (containersOpenedBy(line) > NESTED_CONTAINERS) return true
  }
  return false
}

/** Block quotes and list items that the start of a line opens. */
function containersOpenedBy(line: string): number {
  return /^(?:[ \t]|>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*/.exec(line)?.[0].match(/>|[-*+]|\d+/g)?.length ?? 0
}
