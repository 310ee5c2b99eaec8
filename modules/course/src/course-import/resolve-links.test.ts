import { expect, test } from 'vitest'
import { pageIn, planOf, warned } from './course-fixture.ts'
import { rewriteReferences } from './rewrite-references.ts'

const around = {
  'unit/other.md': '# Other\n\n## Deep heading',
  'unit/sub/README.md': '# Sub',
  'reference.md': '# Reference\n\n## X.509 & more',
  'Урок 1.md': '# Урок',
  'img/a b.png': 'x',
  'img/рамка.png': 'x',
  'files/data.csv': 'x'
}

test.each([
  ['[t](other.md)', 'href="page:unit/other.md"'],
  ['[t](./other)', 'href="page:unit/other.md"'],
  ['[t](other.html#deep-heading)', 'href="page:unit/other.md#user-content-deep-heading"'],
  ['[t](other.md#Deep_Heading)', 'href="page:unit/other.md#user-content-deep-heading"'],
  ['[t](other.md#other)', 'href="page:unit/other.md"'],
  ['[t](other.md?plain=1)', 'href="page:unit/other.md"'],
  ['[t](sub)', 'href="page:unit/sub/README.md"'],
  ['[t](sub/)', 'href="page:unit/sub/README.md"'],
  ['[t](../reference.md#x509--more)', 'href="page:reference.md#user-content-x509--more"'],
  ['[t](/reference.md)', 'href="page:reference.md"'],
  ['[t](..\\reference.md)', 'href="page:reference.md"'],
  ['![t](..\\img\\a%20b.png)', 'src="asset:img/a%20b.png"'],
  ['![t](../img/a b.png)', 'src="asset:img/a%20b.png"'],
  ['![t](<../img/a b.png>)', 'src="asset:img/a%20b.png"'],
  ['[t](../Урок 1.md)', 'href="page:%D0%A3%D1%80%D0%BE%D0%BA%201.md"'],
  ['[t](../%D0%A3%D1%80%D0%BE%D0%BA%201.md)', 'href="page:%D0%A3%D1%80%D0%BE%D0%BA%201.md"'],
  ['![t](../img/рамка.png)', 'src="asset:img/%D1%80%D0%B0%D0%BC%D0%BA%D0%B0.png"'],
  ['<img src="../img/a b.png" alt="t">', 'src="asset:img/a%20b.png"'],
  ['[t](../files/data.csv)', 'href="asset:files/data.csv"'],
  ['[t][r]\n\n[r]: other.md', 'href="page:unit/other.md"'],
  ['[t](https://example.org/a.md)', 'href="https://example.org/a.md"'],
  ['[t](mailto:bee@example.org)', 'href="mailto:bee@example.org"']
])('%j resolves', async (link, expected) => {
  const plan = await planOf({ ...around, 'unit/page.md': `# Page\n\n${link}` })
  expect(pageIn(plan, 'unit/page.md').html).toContain(expected)
  expect(warned(plan).filter((warning) => warning.includes('page.md'))).toEqual([])
})

test.each([
  ['[words](gone.md)', 'words', 'link-broken'],
  ['![words](gone.png)', 'words', 'link-broken'],
  ['![](gone.png)', 'gone.png', 'link-broken'],
  ['[words](../../outside.md)', 'words', 'link-broken'],
  ['[words](empty-folder/)', 'words', 'link-broken'],
  ['<video src="gone.mp4">words</video>', 'words', 'link-broken'],
  ['![words](other.md)', 'words', 'link-broken']
])('%j keeps its words, visibly broken, and is reported by line', async (link, words, code) => {
  const plan = await planOf({ ...around, 'unit/page.md': `---\ntitle: Page\n---\n\ntext\n\n> ${link}` })
  expect(pageIn(plan, 'unit/page.md').html).toContain(`<span class="broken-link">${words}</span>`)
  expect(warned(plan)).toContain(`${code} unit/page.md:7`)
})

test('a link in other capitals works with a warning; so does one to a heading that is not there', async () => {
  const plan = await planOf({ ...around, 'unit/page.md': '# Page\n\n[a](OTHER.md) [b](other.md#gone) [c](#gone)' })
  expect(pageIn(plan, 'unit/page.md').html).toContain(
    '<a href="page:unit/other.md">a</a> <a href="page:unit/other.md">b</a> <a href="page:unit/page.md">c</a>'
  )
  expect(
    warned(plan)
      .filter((text) => text.includes('page.md'))
      .sort()
  ).toEqual(['anchor-missing unit/page.md:3', 'anchor-missing unit/page.md:3', 'link-differs-in-case unit/page.md:3'])
})

test('a linked image loses both halves where both are missing', async () => {
  const plan = await planOf({ 'a.md': '# A\n\n[![alt](gone.png)](gone.md)' })
  expect(pageIn(plan, 'a.md').html).toBe('<p><span class="broken-link"><span class="broken-link">alt</span></span></p>')
})

test('each file is stored once, and what nobody shows is summed up', async () => {
  const plan = await planOf({
    'a.md': '# A\n\n![1](i.png) ![2](./i.png)\n\n<video src="film.mp4" poster="p.jpg"><track src="film.vtt"></video>',
    'b.md': '# B\n\n![1](i.png)',
    'i.png': 'x',
    'p.jpg': 'x',
    'film.mp4': 'xyz',
    'film.vtt': 'x',
    'unused.png': 'x',
    'unused2.gif': 'x',
    'script.py': 'x',
    'extra.mp4': 'x',
    'handout.pdf': 'x'
  })
  expect(plan.assets.map((asset) => `${asset.path} ${asset.mediaType} ${asset.size}`)).toEqual([
    'extra.mp4 video/mp4 1',
    'film.mp4 video/mp4 3',
    'film.vtt text/vtt 1',
    'handout.pdf application/pdf 1',
    'i.png image/png 1',
    'p.jpg image/jpeg 1'
  ])
  expect(warned(plan)).toEqual(['images-unused', 'files-unused'])
  expect(plan.units[0]?.items.slice(2)).toEqual([
    { kind: 'video', title: 'Extra', assetPath: 'extra.mp4' },
    { kind: 'file', title: 'Handout', assetPath: 'handout.pdf' }
  ])
  expect(pageIn(plan, 'a.md').html).toContain(
    '<video src="asset:film.mp4" poster="asset:p.jpg" controls><track src="asset:film.vtt"></video>'
  )
})

test('references are rewritten in tags and nowhere else', async () => {
  const plan = await planOf({
    'a.md': '# A\n\n![x > y "z"](i&#38;j.png) [b](b.md#h) and `<img src="asset:i.png">` src="asset:i.png"',
    'b.md': '# B\n\n## H',
    'i&j.png': 'x'
  })
  const html = rewriteReferences(pageIn(plan, 'a.md').html, {
    asset: (path) => `/files?name=${path}`,
    page: (path, anchor) => `/items/${path}#${anchor}`
  })
  expect(html).toContain('<img src="/files?name=i&amp;j.png" alt="x > y &#x22;z&#x22;"')
  expect(html).toContain('<a href="/items/b.md#user-content-h">')
  expect(html).toContain('&#x3C;img src="asset:i.png">')
  expect(html).toContain('</code> src="asset:i.png"')
})
