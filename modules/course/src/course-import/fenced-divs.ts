import { type PandocAttributes, parseAttributes } from './pandoc-attributes.ts'

// Nobody writes longer ones, and it keeps the patterns below from being slow on lines made to slow them.
const LONGEST_FENCE = 500

interface Fence {
  line: number
  depth: number
  opening?: { name: string; label: string; id: string | undefined }
}

/**
 * Rewrites Pandoc's fenced divs (`::::: challenge … :::::`), where any closing fence closes the innermost div, and
 * their relatives (`::: tip Title`, `::: {.note title="…"}`) to container directives, where an outer fence must be
 * longer than what it holds. Lines keep their numbers. Returns the lines (from 1) of fences without a partner too,
 * and how deep the divs are nested.
 */
export function normaliseFencedDivs(markdown: string): { markdown: string; unpaired: number[]; depth: number } {
  const lines = markdown.split('\n')
  const { fences, unpaired } = findFences(lines)
  const deepest = Math.max(0, ...fences.map((fence) => fence.depth))
  for (const fence of fences) {
    const line = lines[fence.line] ?? ''
    const prefix = /^[\s>]*/.exec(line)?.[0] ?? ''
    const colons = ':'.repeat(3 + deepest - fence.depth)
    lines[fence.line] = prefix + colons + (fence.opening ? directive(fence.opening) : '')
  }
  for (const line of unpaired) if (!fences.some((fence) => fence.line === line - 1)) lines[line - 1] = ''
  return { markdown: lines.join('\n'), unpaired, depth: deepest }
}

function findFences(lines: string[]): { fences: Fence[]; unpaired: number[] } {
  const fences: Fence[] = []
  const open: Fence[] = []
  const unpaired: number[] = []
  const insideCode = codeLines(lines)
  for (const [line, text] of lines.entries()) {
    if (text.length > LONGEST_FENCE || insideCode.has(line)) continue
    const content = /^ {0,3}(?:> ?)* {0,3}(:{3}.*)$/.exec(text.trimEnd())?.[1]
    if (content === undefined) continue
    if (/^:+$/.test(content)) {
      const opening = open.pop()
      if (opening) fences.push({ line, depth: opening.depth })
      else unpaired.push(line + 1)
      continue
    }
    const opening = readOpening(content.replace(/^:+\s*/, '').replace(/\s*:*$/, ''))
    if (!opening) continue
    const fence = { line, depth: open.length, opening }
    fences.push(fence)
    open.push(fence)
  }
  return { fences, unpaired: [...unpaired, ...open.map((fence) => fence.line + 1)].sort((a, b) => a - b) }
}

/** Lines within fenced code, front matter included: a colon there is only a colon. */
export function codeLines(lines: string[]): Set<number> {
  const inside = new Set<number>()
  let fence: { mark: string; quoted: boolean } | undefined
  for (const [line, text] of lines.entries()) {
    if (line === 0 && /^(---|\+\+\+)\s*$/.test(text)) {
      const end = lines.findIndex((candidate, at) => at > 0 && candidate.trimEnd() === text.trimEnd())
      for (let at = 0; at <= end; at++) inside.add(at)
    }
    if (inside.has(line)) continue
    if (fence) {
      const closes = new RegExp(`^[\\s>]*${fence.mark[0]}{${fence.mark.length},}\\s*$`).test(text)
      if (fence.quoted && !text.trimStart().startsWith('>')) fence = undefined
      else {
        inside.add(line)
        if (closes) fence = undefined
        continue
      }
    }
    const [, prefix, mark, info] = /^((?:[\s>]|[-*+]\s|\d+[.)]\s)*)(`{3,}|~{3,})(.*)$/.exec(text) ?? []
    if (prefix === undefined || mark === undefined || (mark.startsWith('`') && info?.includes('`'))) continue
    fence = { mark, quoted: prefix.includes('>') }
    inside.add(line)
  }
  return inside
}

function readOpening(text: string): Fence['opening'] {
  const [, word = '', bracketed, braces, rest = ''] =
    /^([\p{L}][\p{L}\p{N}_-]*)?\s*(?:\[(.*)\])?\s*(\{.*\})?\s*(.*)$/u.exec(text) ?? []
  const attributes: PandocAttributes = parseAttributes(braces ?? '') ?? { classes: [], values: {} }
  const named = word || attributes.classes[0] || bareBraces(braces)
  if (named === undefined) return undefined
  const name = /^[a-z][a-z0-9_-]*$/i.test(named) ? named.toLowerCase() : 'div'
  return { name, label: bracketed ?? attributes.values.title ?? rest, id: attributes.id }
}

/** MyST writes `:::{note}`. */
function bareBraces(braces: string | undefined): string | undefined {
  return /^\{\s*([\w-]+)\s*\}$/.exec(braces ?? '')?.[1]
}

function directive({ name, label, id }: { name: string; label: string; id: string | undefined }): string {
  const title = label === '' ? '' : `[${label.replace(/(?<!\\)[[\]]/g, '\\$&')}]`
  return name + title + (id !== undefined && /^[\w-]+$/.test(id) ? `{#${id}}` : '')
}
