import { describe, expect, it } from 'vitest'
import { readPage } from './page-html.ts'
import { type ShownFile, showPage } from './show-page.ts'

const courseId = '01890000-0000-7000-8000-00000000000c'
const itemId = '01890000-0000-7000-8000-0000000000aa'
const fileId = '01890000-0000-7000-8000-0000000000ff'
const frame = { courseId, origin: 'https://school.example' }
const clean = (html: string) => readPage(html, frame).html

const picture: ShownFile = {
  id: fileId,
  url: `/api/v1/files/${fileId}/content/a%20leaf.jpg?expires=1&signature=x`,
  mediaType: 'image/jpeg',
  width: 1000,
  height: 500
}

describe('a page that is saved', () => {
  it('loses whatever could run or frame', () => {
    for (const hostile of [
      '<script>alert(1)</script>',
      '<img src="x" onerror="alert(1)">',
      '<a href="javascript:alert(1)">x</a>',
      '<a href="java\tscript:alert(1)">x</a>',
      '<iframe src="https://evil.example"></iframe>',
      '<svg><script>alert(1)</script></svg>',
      '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
      '<form action="https://evil.example"><input name="password"></form>',
      '<p style="position:fixed">x</p>',
      '<img src="data:text/html,x">',
      '<a href="data:text/html,<script>alert(1)</script>">x</a>',
      '<video src="https://x.example/v.mp4" onplay="alert(1)"></video>',
      '<img src="//evil.example/x.png">',
      '<style>*{display:none}</style>',
      '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>'
    ])
      expect(clean(hostile)).not.toMatch(/script|onerror|onplay|iframe|svg|form|style|data:text|evil|password/i)
  })

  it('keeps what pages are made of', () => {
    for (const html of [
      '<h2 id="user-content-leaves">Leaves</h2>',
      '<ul><li>one</li></ul><ol start="3"><li>three</li></ol>',
      '<table><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td colspan="2" align="right">1</td></tr></tbody></table>',
      '<figure><img src="https://pictures.example/leaf.jpg" alt="a leaf" width="10" height="20" /><figcaption>A leaf</figcaption></figure>',
      '<pre><code class="language-ts">if (a &lt; b &amp;&amp; c) {}</code></pre>',
      '<details open><summary>Hint</summary><p>x</p></details>',
      '<div data-callout="tip"><p>x</p></div>',
      '<div class="callout callout-tip"><h3 class="callout-title">Tip</h3></div>',
      '<ul class="contains-task-list"><li class="task-list-item"><input type="checkbox" checked disabled /> done</li></ul>',
      '<p dir="rtl" lang="ar">السلام عليكم</p>',
      '<p><a href="mailto:a@b.example">write</a> <mark>x</mark> H<sub>2</sub>O</p>',
      `<video controls src="file:${fileId}"><track src="file:${fileId}" kind="captions" srclang="ar" /></video>`
    ])
      expect(clean(html).replaceAll('=""', '')).toBe(html)
  })

  it('is the same when it is saved again', () => {
    const html = `<h2 id="x">A &amp; B</h2><p><a href="#x">up</a> <a href="https://x.example/?a=1&amp;b=2">x</a> <img src="file:${fileId}"></p><p>1 < 2 > 0 "q"</p>`
    const once = clean(html)
    expect(clean(once)).toBe(once)
    expect(once).toContain('<h2 id="user-content-x">')
    expect(once).toContain('href="#user-content-x"')
    expect(once).toContain('rel="noopener noreferrer"')
  })

  it('takes back the addresses it was shown with', () => {
    const stored = clean(
      `<p><img src="file:${fileId}" alt="a"><a href="item:${itemId}#user-content-x">there</a><a href="file:${fileId}">get it</a></p>`
    )
    const shown = showPage(stored, courseId, [picture])
    expect(shown).toContain(`href="/courses/${courseId}/items/${itemId}#user-content-x"`)
    expect(shown).toContain('src="/api/v1/files/')
    expect(shown).toContain('&amp;variant=w320 320w')
    expect(shown).toContain('&amp;variant=w640 640w')
    expect(shown).not.toContain('w1280')
    const again = readPage(shown, frame)
    expect(again.fileIds).toEqual([fileId])
    expect(again.html.replace(' width="1000" height="500"', '')).toBe(stored)
    expect(readPage(showPage(again.html, courseId, [picture]), frame)).toEqual(again)
    const absolute = shown.replaceAll('="/', '="https://school.example/')
    expect(readPage(absolute, frame).html).toBe(again.html)
  })

  it('believes no reference that is none of ours', () => {
    expect(readPage(`<img src="file:///etc/passwd"><a href="file:${fileId}/../x">x</a>`, frame)).toEqual({
      html: '<a>x</a>',
      fileIds: []
    })
    expect(clean(`<a href="https://elsewhere.example/api/v1/files/${fileId}/content/x">x</a>`)).toContain(
      'elsewhere.example'
    )
    expect(clean('<a href="item:1">x</a>')).toBe('<a>x</a>')
  })
})

describe('a page that is shown', () => {
  it('leaves text alone that only looks like a reference', () => {
    const html = clean(`<pre><code>&lt;img src="file:${fileId}"&gt; src="file:${fileId}"</code></pre>`)
    expect(showPage(html, courseId, [picture])).toBe(html)
  })

  it('keeps the reference of a file that is gone', () => {
    const html = clean(`<img src="file:${fileId}" alt="a">`)
    expect(showPage(html, courseId, [])).toBe(html)
  })
})
