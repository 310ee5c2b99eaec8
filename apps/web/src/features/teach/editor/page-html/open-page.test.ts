import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The functions under test need a real DOM; they run in a browser, as the product does. */
let browser: Browser
let page: Page

beforeAll(async () => {
  const built = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    build: { write: false, minify: false, lib: { entry: 'open-page.ts', formats: ['iife'], name: 'editor' } }
  })
  const [bundle] = [built].flat()
  if (!bundle || !('output' in bundle)) throw new Error('Vite was to build once, not to watch.')
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
  })
  page = await browser.newPage()
  await page.addScriptTag({ content: bundle.output[0].code })
}, 120_000)

afterAll(() => browser?.close())

const call = async (name: 'openPage' | 'roundTrip', html: string): Promise<string> =>
  String(await page.evaluate(`editor.${name}(${JSON.stringify(html)})`))

/** What would be saved if somebody opened a page and changed nothing. */
const saved = async (html: string) => call('roundTrip', await call('openPage', html))

const FILE = '/api/v1/files/01980000-0000-7000-8000-000000000001/content/a.png?expires=1&amp;signature=x'

/** Each comes back letter by letter, and without a raw part: all of it can be edited. */
const editable: Readonly<Record<string, string>> = {
  'paragraphs, breaks and all inline marks':
    '<p>Press <kbd>Ctrl</kbd>, H<sub>2</sub>O, x<sup>2</sup>, <mark>seen</mark>, <samp>out</samp>, <var>n</var>, ' +
    '<abbr title="World Wide Web">WWW</abbr>, <cite>Iliad</cite>, <dfn>term</dfn>, <q>said</q>, <small>fine</small>, ' +
    '<ins>new</ins>, <u>under</u>, <s>gone</s>, <time datetime="2026-02-03">today</time>, <span lang="fr">bonjour</span>.<br>Next</p>',
  'code within bold and within a link':
    '<p><strong>Run <code>git add</code></strong> or <a href="https://example.org"><code>git commit</code></a></p>',
  'headings with targets, languages and directions':
    '<h2 id="user-content-start">Start</h2><h3 id="user-content-b" lang="ar" dir="rtl">بداية</h3><h6>Deep</h6>',
  'links with every attribute the server leaves':
    '<p><a href="/courses/c/items/i#user-content-x" title="There" id="user-content-l">in</a> and ' +
    '<a class="video-card" href="https://www.youtube.com/watch?v=x">Film</a> and <a href="mailto:a@b.org">mail</a></p>',
  'tight and loose lists, nested, counted from elsewhere':
    '<ul><li>one</li><li>two<ul><li>deep</li></ul></li></ul><ul><li><p>loose</p></li><li><p>list</p><p>of two</p></li></ul>' +
    '<ol start="4" reversed="" type="a"><li value="9">nine</li><li>ten</li></ol>',
  'lists whose items begin with code': '<ol><li><pre><code class="language-bash">ls\n</code></pre></li></ol>',
  'lists of tasks':
    '<ul class="contains-task-list"><li class="task-list-item"><input type="checkbox" disabled="" checked=""> done</li>' +
    '<li class="task-list-item"><input type="checkbox" disabled=""> open</li></ul>',
  'code with its language, blank lines and angle brackets':
    '<pre><code class="language-c++">if (a &lt; b) {\n\n\treturn &amp;a;\n}\n</code></pre><pre><code>plain\n</code></pre>',
  'boxes, written either way':
    '<div class="callout callout-objectives" id="user-content-o"><h2 id="user-content-callout-1" class="callout-title">Objectives</h2>' +
    '<ul><li>Learn</li></ul></div><div data-callout="tip"><p>Look</p></div>',
  'parts to open, with a plain and with a headed line':
    '<details><summary>More</summary><p>Hidden</p></details>' +
    '<details class="callout callout-solution" open=""><summary><h4 class="callout-title">Solution</h4></summary><p>42</p></details>',
  'pictures with size and legend, and pictures in a line':
    `<figure id="user-content-f"><img src="${FILE}" alt="A bee" width="40" height="30"><figcaption>A <em>bee</em></figcaption></figure>` +
    `<p>See <img src="${FILE}" alt="" title="t"> here</p><p><a href="https://example.org"><img src="${FILE}" alt="Logo"></a></p>`,
  'tables with heads, alignment and joined cells':
    '<table><thead><tr><th align="left">Name</th><th scope="col" abbr="N">Number</th></tr></thead>' +
    '<tbody><tr><td align="right">a</td><td><p>b</p><p>c</p></td></tr><tr><td colspan="2" headers="x">d</td></tr></tbody></table>',
  'quotations, lines, alignment and boxes of other systems':
    '<blockquote><p>Said</p></blockquote><hr><p align="center">mid</p><div align="center"><p>logo</p></div><aside><p>by the way</p></aside>',
  glossaries: '<dl><dt>Term <code>x</code></dt><dd>Meaning</dd><dd><p>Other</p><ul><li>a</li></ul></dd></dl>',
  footnotes:
    '<p>Fact<sup><a href="#user-content-fn-1" id="user-content-fnref-1" aria-describedby="user-content-footnote-label" data-footnote-ref="">1</a></sup></p>' +
    '<section class="footnotes" data-footnotes=""><h2 id="user-content-footnote-label" class="sr-only">Footnotes</h2>' +
    '<ol><li id="user-content-fn-1"><p>Proof <a class="data-footnote-backref" href="#user-content-fnref-1" aria-label="Back" data-footnote-backref="">↩</a></p></li></ol></section>'
}

/** Each is kept letter by letter as a raw part; nothing around it is. */
const keptAsItIs: Readonly<Record<string, { html: string; parts: number }>> = {
  'films and recordings in the page': {
    html: '<p>Before</p><video controls="" src="/f"><track kind="captions" src="/c" srclang="en" label="English"></video><p>After</p>',
    parts: 1
  },
  'tables with a legend or a foot': {
    html: '<table><caption>Legend</caption><tbody><tr><td>a</td></tr></tbody></table><p>After</p>',
    parts: 1
  },
  'words with their reading': { html: '<p>The word <ruby>漢<rt>kan</rt></ruby> here</p>', parts: 1 },
  'empty targets of links within a line': {
    html: '<p><a id="user-content-here"></a>Here <em>it</em> is</p>',
    parts: 1
  },
  'figures of something else than pictures': {
    html: '<figure><pre><code>x\n</code></pre><figcaption>Code</figcaption></figure>',
    parts: 1
  },
  'one odd item of a list': {
    html: '<ul><li>one</li><li>two <audio controls="" src="/a"></audio></li></ul>',
    parts: 1
  }
}

const unordered = (html: string): string =>
  html.replace(/<[a-z][^>]*>/g, (tag) => {
    const attributes = tag.match(/[\w-]+="[^"]*"/g) ?? []
    return `${/^<[\w-]+/.exec(tag)?.[0]} ${attributes.toSorted().join(' ')}>`
  })

describe('opening and saving a page without a change', () => {
  test.each(Object.entries(editable))('keeps %s, all to be edited', async (_name, html) => {
    expect(await call('openPage', html)).not.toContain('lyceum-raw')
    expect(unordered(await saved(html))).toBe(unordered(html))
  })

  test.each(Object.entries(keptAsItIs))('keeps %s as they are', async (_name, { html, parts }) => {
    expect((await call('openPage', html)).match(/<lyceum-raw/g)).toHaveLength(parts)
    expect(unordered(await saved(html))).toBe(unordered(html))
  })

  test('keeps a large page of everything, and doing it again changes nothing', async () => {
    const all = [...Object.values(editable), ...Object.values(keptAsItIs).map(({ html }) => html)].join('')
    const large = all.repeat(5)
    const once = await saved(large)
    expect(unordered(once)).toBe(unordered(large))
    expect(await saved(once)).toBe(once)
  })

  test('leaves out the renditions that the server adds for readers', async () => {
    const html = `<p><img src="${FILE}" srcset="${FILE}&amp;variant=w320 320w" sizes="100vw" alt="A bee"></p>`
    expect(await saved(html)).toBe(`<p><img src="${FILE}" alt="A bee"></p>`)
  })

  test('runs and loads nothing of what it reads', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await saved('<p><img src="https://example.invalid/a.png" alt="" onerror="document.title = \'run\'"></p>')
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 50))')
    expect(asked).toEqual([])
    expect(await page.title()).not.toBe('run')
  })
})
