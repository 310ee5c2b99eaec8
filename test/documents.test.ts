import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { settings } from '@lyceum/platform/settings'
import { startTestServer } from '@lyceum/server/testing'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../apps/cli/src/program.ts'
import { topicNames } from '../apps/cli/src/topics.ts'
import { generatedTables } from '../scripts/generated-tables.ts'

/** What the documents say of this repository must be so. */
const ROOT = fileURLToPath(new URL('../', import.meta.url))
const documents = globSync(['*.md', 'docs/**/*.md', '{platform,modules/*,apps/*,bench}/*.md'], { cwd: ROOT })
  .sort()
  .map((name) => ({ name, folder: dirname(name), text: readFileSync(join(ROOT, name), 'utf8') }))
type Document = (typeof documents)[number]

const FENCE = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm

const inlineCode = ({ text }: Document): string[] =>
  [...text.replace(FENCE, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

/** What a reader may type: code in sentences, and lines of shell blocks. */
const typed = (document: Document): string[] => [
  ...inlineCode(document),
  ...[...document.text.matchAll(FENCE)].flatMap(([, language, body = '']) =>
    language === 'sh' ? body.replace(/\\\n/g, ' ').split('\n') : []
  )
]

/** Runs a look over every document and gathers what is wrong as `document: fault`. */
const faultsOf = (look: (document: Document) => string[]): string[] =>
  documents.flatMap((document) => look(document).map((fault) => `${document.name}: ${fault}`))

describe('the documents', () => {
  it('are found, so that the tests below look at something', () => {
    expect(documents.length).toBeGreaterThan(30)
    expect(documents.flatMap(typed).filter((line) => line.includes('lyceum ')).length).toBeGreaterThan(30)
  })

  it('link to what is there', () => {
    expect(faultsOf(brokenLinks)).toEqual([])
  })

  it('name commands and options that the command line has', () => {
    expect(faultsOf((document) => typed(document).flatMap(wrongCommands))).toEqual([])
    expect(wrongCommands('npx lyceum polish')).toEqual(['lyceum polish'])
    expect(wrongCommands('lyceum migrate sideways')).toEqual(['lyceum migrate sideways'])
    expect(wrongCommands('lyceum demo --yaml')).toEqual(['lyceum demo --yaml'])
  })

  it('name npm scripts that there are', () => {
    expect(faultsOf((document) => typed(document).flatMap(wrongScripts))).toEqual([])
    expect(wrongScripts('npm run deploy')).toEqual(['deploy'])
  })

  it('name files that there are', () => {
    expect(faultsOf((document) => inlineCode(document).filter((code) => isMissing(document, code)))).toEqual([])
  })

  it('name settings that there are', () => {
    const ofFiles = Object.entries(settings).flatMap(([name, setting]) => ('secret' in setting ? [`${name}_FILE`] : []))
    const known = new Set([...Object.keys(settings), ...ofFiles, ...OUTSIDE_SETTINGS])
    const named = (document: Document) =>
      inlineCode(document).flatMap((code) => /^([A-Z]+(?:_[A-Z]+)+)(?:=.*)?$/.exec(code)?.[1] ?? [])
    expect(faultsOf((document) => named(document).filter((name) => !known.has(name)))).toEqual([])
  })

  it('list every metric of ours, and no other', async () => {
    const server = await startTestServer()
    const { body } = await server.app.inject('/metrics')
    await server.close()
    const ours = [...body.matchAll(/^# TYPE (lyceum_\w+)/gm)].map(([, name = '']) => name)
    const page = documents.find(({ name }) => name.endsWith('health-and-logs.md'))
    const listed = [...(page?.text.matchAll(/^\| `(lyceum_\w+)`/gm) ?? [])].map(([, name = '']) => name)
    expect(listed.sort()).toEqual(ours.sort())
  })

  it('say of one machine, and of what is not there, nothing', () => {
    expect(faultsOf(({ text }) => text.match(/\b(?:TODO|FIXME|coming soon|not yet implemented)\b/gi) ?? [])).toEqual([])
    const places = (document: Document) =>
      [...document.text.matchAll(/(?<![\w.$}:/<>[\]-])\/([\w-]+)\//g)].map(([, first = '']) => first)
    expect(faultsOf((document) => places(document).filter((first) => !PLACES.has(first)))).toEqual([])
  })

  it('hold the tables the code makes: run `npm run generate` when this fails', () => {
    const made = generatedTables()
    expect(made.length).toBeGreaterThan(3)
    for (const { path, text } of made) expect(readFileSync(path, 'utf8')).toBe(text)
  })
})

/** Variables that are no settings of an installation: of tests, of the image, of Compose and of the log shipper. */
const OUTSIDE_SETTINGS = [
  'TEST_DATABASE_URL',
  'TEST_LOG',
  'TEST_SHAPE',
  'NODE_IMAGE',
  'LYCEUM_IMAGE_GREEN',
  'LOGS_HOST',
  'LOGS_USER',
  'LOGS_PASSWORD'
]

/** First parts of addresses and of places on any server that documents may speak of. */
const PLACES = new Set([
  'api',
  'srv',
  'run',
  'tmp',
  'usr',
  'dev',
  'opt',
  'var',
  'etc',
  'backup',
  'courses',
  'health',
  'admin'
])

function brokenLinks({ text, folder, name }: Document): string[] {
  const links = [...text.replace(FENCE, '').matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
  return links.flatMap(([link, path = '', anchor]) => {
    const target = path === '' ? name : join(folder, path)
    if (!existsSync(join(ROOT, target))) return [link]
    if (anchor === undefined) return []
    const headings = [...readFileSync(join(ROOT, target), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s-]/gu, '')
        .replace(/\s/g, '-')
    )
    return headings.includes(anchor) ? [] : [link]
  })
}

function wrongCommands(line: string): string[] {
  return [...line.matchAll(/(?:^|\s)lyceum((?: [^\s;|&`()]+)+)/g)].flatMap(([, rest = '']) => {
    const words = rest.trim().split(' ')
    let command: Command = createProgram()
    for (const [index, word] of words.entries()) {
      const child = command.commands.find((one) => one.name() === word)
      const path = `lyceum ${words.slice(0, index + 1).join(' ')}`
      if (child) command = child
      else if (word.startsWith('--')) {
        if (word !== '--help' && !command.options.some(({ long }) => long === word)) return [path]
      } else if (command.name() === 'help' && topicNames.includes(word)) return []
      else if (command.commands.length > 0 && /^[a-z-]+$/.test(word)) return [path]
    }
    return []
  })
}

function wrongScripts(line: string): string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const scripts = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'scripts') : {}
  return [...line.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)]
    .map(([, named, short]) => named ?? short ?? '')
    .filter((name) => !Object.hasOwn(scripts, name))
}

/** Whether code looks like a path of this repository and leads nowhere; a module's README speaks from its sources. */
function isMissing({ folder }: Document, code: string): boolean {
  const top = /^(?:modules|platform|apps|client|test|docs|scripts|bench)\/[\w./-]*$/.test(code)
  const source = /^[\w-]+(?:\/[\w.-]+)+[.](?:tsx?|sql|mjs)$/.test(code)
  if (!top && !source && code !== '.dependency-cruiser.mjs') return false
  return ![code, join(folder, code), join(folder, 'src', code)].some((path) => existsSync(join(ROOT, path)))
}
