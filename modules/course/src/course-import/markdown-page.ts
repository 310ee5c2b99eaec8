import { posix } from 'node:path'
import type { Root as HtmlRoot } from 'hast'
import { toString as plainText } from 'hast-util-to-string'
import type { Root } from 'mdast'
import rehypeRaw from 'rehype-raw'
import rehypeSanitize from 'rehype-sanitize'
import rehypeSlug from 'rehype-slug'
import remarkDirective from 'remark-directive'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'
import { visit } from 'unist-util-visit'
import { allowedHtml, htmlLost } from './allowed-html.ts'
import { applyCallouts } from './callouts.ts'
import { ImportRefused, type ImportWarning } from './course-import.ts'
import { decodeText } from './decode-text.ts'
import { applyDefinitionLists } from './definition-lists.ts'
import { restoreInlineDirectives } from './directive-text.ts'
import { linkEmbeddedVideo } from './embedded-video.ts'
import { normaliseFencedDivs } from './fenced-divs.ts'
import { type FrontMatter, readFrontMatter } from './front-matter.ts'
import { applyGridTables } from './grid-tables.ts'
import type { Labels } from './labels.ts'
import { repairLooseLinks } from './loose-links.ts'
import { isTooComplex } from './page-complexity.ts'
import { takeTitle } from './page-title.ts'
import { applyPandocAttributes } from './pandoc-attributes.ts'
import { keepPlaceholders } from './placeholder-tags.ts'
import { folderOf, isOverview, titleFromName } from './source-path.ts'

/** Prefix of every id in a page, so that no heading can take the name of something of the application. */
export const anchorPrefix = 'user-content-'

/** A page read and sanitised; its links still read as the author wrote them. */
export interface MarkdownPage {
  path: string
  /** Empty for an overview of the whole course that has no title of its own. */
  title: string
  frontMatter: FrontMatter
  tree: HtmlRoot
  /** Every id in the page, without the prefix. */
  anchors: Set<string>
  /** The same by their letters and digits alone: generators make ids of headings in different ways. */
  anchorsByLetters: Map<string, string>
  /** The id of the heading that became the title; it leads to the top of the page. */
  titleAnchor?: string
  /** The first paragraph of text below the title, plain. */
  opening: string
  warnings: ImportWarning[]
}

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ['yaml', 'toml']).use(remarkDirective)
const toHtml = unified().use(remarkRehype, { allowDangerousHtml: true, clobberPrefix: '' }).use(rehypeRaw)
const sanitise = unified().use(rehypeSanitize, allowedHtml).use(rehypeSlug, { prefix: anchorPrefix })

/** Reads one page of Markdown. Throws `course-import.page-too-complex` for nesting that no person writes. */
export function readMarkdownPage(path: string, bytes: Buffer, labels: Labels): MarkdownPage {
  const { text, guessed } = decodeText(bytes)
  const warnings: ImportWarning[] = guessed === undefined ? [] : [guessedCharacters(path, guessed)]
  try {
    return read(path, text.replaceAll('\r\n', '\n'), labels, warnings)
  } catch (error) {
    // The stack is full.
    throw error instanceof RangeError ? tooComplex(path) : error
  }
}

function read(path: string, text: string, labels: Labels, warnings: ImportWarning[]): MarkdownPage {
  const { markdown, unpaired, depth } = normaliseFencedDivs(text)
  if (isTooComplex(markdown, depth)) throw tooComplex(path)
  for (const line of unpaired) warnings.push(unpairedFence(path, line))
  const markdownTree = parser.parse(markdown)
  const { frontMatter, warnings: frontMatterWarnings } = takeFrontMatter(markdownTree, path)
  warnings.push(...frontMatterWarnings)
  transform(markdownTree, markdown, labels)
  warnings.push(...keepPlaceholders(markdownTree, path))

  const raw = toHtml.runSync(markdownTree)
  warnings.push(...linkEmbeddedVideo(raw, path, labels), ...htmlLost(raw, path))
  const tree = sanitise.runSync(raw)
  const anchors = anchorsOf(tree)
  const { title, anchor, at } = takeTitle(tree, frontMatter.title)
  return {
    path,
    title: title ?? titleFromPath(path),
    frontMatter,
    tree,
    anchors,
    anchorsByLetters: new Map([...anchors].reverse().map((id) => [lettersOf(id), id])),
    ...(anchor === undefined ? {} : { titleAnchor: anchor.slice(anchorPrefix.length) }),
    opening: openingOf(tree, at),
    warnings
  }
}

function takeFrontMatter(tree: Root, path: string): { frontMatter: FrontMatter; warnings: ImportWarning[] } {
  const [first] = tree.children
  if (first?.type === 'yaml') return readFrontMatter(first.value, path)
  if (String(first?.type) !== 'toml') return { frontMatter: { draft: false }, warnings: [] }
  const message = 'Front matter in TOML (+++) is not read. Write it in YAML (---) to keep its title and order.'
  return {
    frontMatter: { draft: false },
    warnings: [{ code: 'course-import.front-matter-faulty', path, line: 1, message }]
  }
}

/** The order matters: what works on the text of the source comes before what moves nodes about. */
function transform(tree: Root, source: string, labels: Labels): void {
  applyGridTables(tree, source, (cell) => parser.parse(cell))
  restoreInlineDirectives(tree, source)
  repairLooseLinks(tree, source)
  applyPandocAttributes(tree, source)
  applyDefinitionLists(tree)
  applyCallouts(tree, labels)
  visit(tree, 'code', (code) => {
    // R Markdown names its languages in braces: ```{r, echo=FALSE}
    const language = /^\{\.?([\w+#-]+)/.exec(code.lang ?? '')?.[1]
    if (language !== undefined) code.lang = language
  })
}

/** Letters and digits of an id or heading, in lower case. */
export function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
}

function anchorsOf(tree: HtmlRoot): Set<string> {
  const anchors = new Set<string>()
  visit(tree, 'element', ({ properties }) => {
    for (const value of [properties.id, properties.name]) {
      if (typeof value === 'string') anchors.add(value.slice(anchorPrefix.length))
    }
  })
  return anchors
}

function openingOf(tree: HtmlRoot, from: number): string {
  for (const node of tree.children.slice(from)) {
    if (node.type !== 'element' || node.tagName !== 'p') continue
    const text = plainText(node).replace(/\s+/g, ' ').trim()
    const linked = node.children.filter((child) => child.type === 'element' && child.tagName === 'a')
    if (
      text !== '' &&
      text !==
        linked
          .map((child) => plainText(child))
          .join(' ')
          .trim()
    )
      return text
  }
  return ''
}

function titleFromPath(path: string): string {
  const folder = folderOf(path)
  if (isOverview(path)) return folder === '' ? '' : titleFromName(posix.basename(folder))
  return titleFromName(posix.basename(path))
}

function tooComplex(path: string): ImportRefused {
  const message = 'This page is nested too deeply to be read. Simplify it and import again.'
  return new ImportRefused('course-import.page-too-complex', message, path)
}

function guessedCharacters(path: string, guessed: string): ImportWarning {
  const message = `This file is not UTF-8; it was read as ${guessed}. Check that it reads well, or save it as UTF-8.`
  return { code: 'course-import.characters-guessed', path, message }
}

function unpairedFence(path: string, line: number): ImportWarning {
  const message = 'This “:::” has no partner; the box it opens or closes may not look as intended.'
  return { code: 'course-import.fence-unpaired', path, line, message }
}
