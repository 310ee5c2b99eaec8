import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ErrorKind, LyceumError } from '@lyceum/platform/errors'
import { problemOf } from '@lyceum/platform/problem'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/** Makers of errors, and the kind where they do not take one. */
const MAKERS: Readonly<Record<string, ErrorKind | undefined>> = {
  defineError: undefined,
  LyceumError: undefined,
  ImportRefused: 'invalid',
  unreadable: 'invalid'
}
const KINDS: Readonly<Record<ErrorKind, true>> = {
  invalid: true,
  unauthenticated: true,
  forbidden: true,
  'not-found': true,
  conflict: true,
  stale: true,
  'version-required': true,
  'too-large': true,
  unsupported: true,
  throttled: true,
  full: true,
  unavailable: true
}

export interface ProblemCode {
  readonly code: string
  readonly status: number
  /** The sentence of the answer; `…` where a value goes, empty where it is made elsewhere. */
  readonly detail: string
}

/** Every code an answer can carry, as the sources define it, by code. */
export function problemCodes(): ProblemCode[] {
  const found = new Map<string, ProblemCode>()
  for (const file of globSync('{platform,modules/*,apps/server}/src/**/*.ts', { cwd: ROOT })) {
    if (/[.]test[.]ts$|[\\/]testing[\\/]/.test(file)) continue
    const source = ts.createSourceFile(file, readFileSync(`${ROOT}${file}`, 'utf8'), ts.ScriptTarget.Latest, true)
    visit(source, (problem) => {
      if (!found.get(problem.code)?.detail) found.set(problem.code, problem)
    })
  }
  found.set('internal', { code: 'internal', status: 500, detail: problemOf(undefined, '…').body.detail })
  return [...found.values()].sort((a, b) => a.code.localeCompare(b.code))
}

function visit(node: ts.Node, tell: (problem: ProblemCode) => void): void {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const problem = readProblem(node)
    if (problem) tell(problem)
  }
  node.forEachChild((child) => visit(child, tell))
}

function readProblem({
  expression,
  arguments: given = ts.factory.createNodeArray()
}: ts.CallExpression | ts.NewExpression) {
  if (!ts.isIdentifier(expression) || !Object.hasOwn(MAKERS, expression.text)) return undefined
  const [first, second, third] = given
  if (!first || !ts.isStringLiteral(first)) return undefined
  const kind = MAKERS[expression.text] ?? (second && ts.isStringLiteral(second) ? readKind(second.text) : undefined)
  if (!kind) return undefined
  const sentence = MAKERS[expression.text] === undefined ? third : second
  const { status } = problemOf(new LyceumError(first.text, kind, ''), '')
  return { code: first.text, status, detail: sentence ? textIn(sentence) : '' }
}

const readKind = (text: string): ErrorKind | undefined => {
  for (const kind of Object.keys(KINDS)) if (kind === text) return kind as ErrorKind
  return undefined
}

/** The text of a message, whether it is written out, put together or made by a function. */
function textIn(node: ts.Expression): string {
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return textIn(node.body)
  if (ts.isParenthesizedExpression(node)) return textIn(node.expression)
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (ts.isTemplateExpression(node))
    return `${node.head.text}${node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')}`
  return ''
}
