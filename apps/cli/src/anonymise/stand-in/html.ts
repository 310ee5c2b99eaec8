import { encodeXML } from 'entities'
import { Parser } from 'htmlparser2'

const VOID = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'source',
  'track',
  'wbr'
])
const ADDRESSES = new Set(['href', 'src', 'poster', 'cite', 'action'])
/** Say how something looks or behaves, in words of HTML and of the product. */
const LOOKS = new Set(
  'lang dir class rel controls preload span open align data-callout width height type checked disabled value data-type data-checked start reversed colspan rowspan scope kind srclang default loop muted playsinline data-footnotes data-footnote-ref data-footnote-backref'.split(
    ' '
  )
)
const LOOK = /^[\w\s+#.%-]{0,60}$/

/** The same tags in the same order around other words; comments, scripts and styles go. */
export function replaceHtml(
  html: string,
  replace: { readonly text: (text: string) => string; readonly address: (address: string) => string }
): string {
  let made = ''
  let silent = 0
  const attribute = (name: string, value: string): string => {
    if (ADDRESSES.has(name)) return replace.address(value)
    return LOOKS.has(name) && LOOK.test(value) ? value : replace.text(value)
  }
  const parser = new Parser(
    {
      onopentag: (tag, attributes) => {
        if (isSilent(tag)) silent++
        if (silent > 0) return
        const written = Object.entries(attributes)
          // Names that nobody foresaw may be made of anything.
          .filter(([name]) => /^[a-z][a-z-]{0,30}$/.test(name))
          .map(([name, value]) => ` ${name}="${encodeXML(attribute(name, value))}"`)
        made += `<${tag}${written.join('')}>`
      },
      ontext: (text) => {
        if (silent === 0) made += escapeText(replace.text(text))
      },
      onclosetag: (tag) => {
        if (silent === 0 && !VOID.has(tag)) made += `</${tag}>`
        if (isSilent(tag)) silent--
      }
    },
    { decodeEntities: true, lowerCaseTags: true }
  )
  parser.write(html)
  parser.end()
  return made
}

const isSilent = (tag: string): boolean => tag === 'script' || tag === 'style'

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
