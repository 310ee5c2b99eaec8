import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Drawn, fillPage, inlineScript, languagesOf, linksOf } from './page-template.ts'

const template = readFileSync(new URL('../../web/index.html', import.meta.url), 'utf8')
const links = linksOf({
  _door: { name: 'door', file: 'assets/door-1.js', css: ['assets/door-1.css'] },
  _words: { name: 'words-ar', file: 'assets/words-ar-1.js' }
})
const drawn: Drawn = {
  language: 'ar',
  direction: 'rtl',
  title: 'Sign in',
  root: '<p>$& the picture $1</p>',
  chunk: 'door',
  personal: false,
  served: {}
}

test('a page speaks the language it was drawn in and links what its screen needs', () => {
  const html = fillPage(template, drawn, links)
  expect(html).toContain('<html lang="ar" dir="rtl">')
  expect(html).toContain('<div id="root"><p>$& the picture $1</p></div>')
  expect(html).not.toContain('class="boot"')
  expect(html).toContain('<link rel="stylesheet" crossorigin href="/assets/door-1.css">')
  expect(html).toContain('href="/assets/words-ar-1.js"')
})

test('a page without a picture keeps the one it was built with', () => {
  expect(fillPage(template, { ...drawn, root: undefined, chunk: undefined }, links)).toContain('class="boot"')
})

test('what people wrote cannot leave its place', () => {
  const name = '</title></script><script>alert(1)</script>'
  const html = fillPage(template, { ...drawn, title: name, served: { name } }, links)
  expect(html).not.toContain('<script>alert')
  expect(html).toContain('&#60;/title&#62;')
  const data = /<script type="application\/json" id="served">(.*?)<\/script>/.exec(html)?.[1] ?? ''
  expect(JSON.parse(data)).toEqual({ name })
})

test('filling a page leaves the script alone that the policy allows by its digest', () => {
  const digest = (html: string) => createHash('sha256').update(inlineScript(html)).digest('base64')
  expect(inlineScript(template)).toContain('mantineColorScheme')
  expect(digest(fillPage(template, drawn, links))).toBe(digest(template))
})

test('languages come in the order of their quality, without what is none', () => {
  expect(languagesOf('en;q=0.5, ar-EG, ar;q=0.9, *;q=0.1, fr;q=0, en-x')).toEqual(['ar-EG', 'ar', 'en'])
  expect(languagesOf(undefined)).toEqual([])
})
