import { expect, test } from 'vitest'
import { pageIn, planOf, warned } from './course-fixture.ts'

async function htmlOf(markdown: string): Promise<string> {
  return pageIn(await planOf({ 'page.md': markdown }), 'page.md').html
}

test.each([
  ['<script>alert(1)</script>', 'script'],
  ['<style>body{display:none}</style>', 'display'],
  ['<img src="x.png" onerror="alert(1)">', 'onerror'],
  ['<p onclick="alert(1)" style="color:red">x</p>', /onclick|style/],
  ['[x](javascript:alert(1))', 'javascript'],
  ['<a href="JaVa&#10;Script:alert(1)">x</a>', /script/i],
  ['<a href=" &#1;javascript:alert(1)">x</a>', 'javascript'],
  ['![x](data:image/svg+xml;base64,PHN2Zz4=)', 'data:'],
  ['[x](data:text/html,hi)', 'data:'],
  ['[x](vbscript:x)', 'vbscript'],
  ['<svg><script>alert(1)</script></svg>', /svg|script/],
  ['<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>', 'onerror'],
  ['<iframe src="https://evil.example/"></iframe>', /iframe|evil/],
  ['<iframe srcdoc="<script>alert(1)</script>"></iframe>', 'script'],
  ['<object data="x.swf"></object><embed src="x.swf">', /object|embed/],
  ['<form action="https://evil.example"><button>Go</button></form>', /form|button/],
  ['<meta http-equiv="refresh" content="0;url=//evil.example">', 'evil'],
  ['<base href="//evil.example/">', 'evil'],
  ['[x](page:secret.md)', 'page:secret'],
  ['<img src="asset:../../secret">', 'asset:'],
  ['<div class="modal admin">x</div>', 'modal'],
  ['<a href="x" ping="https://evil.example">x</a>', 'ping']
])('%s does not get through', async (markdown, forbidden) => {
  expect(await htmlOf(`# T\n\ntext ${markdown} text\n\n${markdown}`)).not.toMatch(forbidden)
})

test('what was taken away is said, by line', async () => {
  const plan = await planOf({
    'a.md': '# T\n\n<script>x</script>\n\n<p onclick="x">hi</p>\n\nType <your name> here.\n'
  })
  expect(warned(plan)).toEqual(['html-removed a.md:3', 'html-removed a.md:5', 'tag-shown-as-text a.md:7'])
  expect(pageIn(plan, 'a.md').html).toContain('Type &#x3C;your name> here.')
})

test('ids cannot take the names of the application, and anchors still meet them', async () => {
  const html = await htmlOf('# T\n\n[go](#location)\n\n## Location\n\n<a name="old"></a>[old](#old)')
  expect(html).toContain('<a href="#user-content-location">')
  expect(html).toContain('<h2 id="user-content-location">')
  expect(html).toContain('href="#user-content-old"')
  expect(html).toContain('name="user-content-old"')
})

test('footnotes lead there and back', async () => {
  const html = await htmlOf('# T\n\nA bee[^1].\n\n[^1]: An insect.')
  const [, target] = /href="#(user-content-fn-1)"/.exec(html) ?? []
  expect(html).toContain(`id="${target}"`)
  const [, back] = /href="#(user-content-fnref-1)"/.exec(html) ?? []
  expect(html).toContain(`id="${back}"`)
})

test('tables, tasks, code and folded text keep their shape', async () => {
  const html = await htmlOf(
    '# T\n\n| a | b |\n|:-:|---|\n| 1 | 2 |\n\n- [x] done\n\n```bash\n$ ls <dir>\n```\n\n<details open><summary>More</summary>\n\n**bold** <kbd>Q</kbd> H<sub>2</sub>O\n\n</details>'
  )
  expect(html).toContain('<th align="center">a</th>')
  expect(html).toContain('<input type="checkbox" checked disabled>')
  expect(html).toContain('<pre><code class="language-bash">$ ls &#x3C;dir>\n</code></pre>')
  expect(html).toMatch(
    /<details open>\s*<summary>More<\/summary>\s*<p><strong>bold<\/strong> <kbd>Q<\/kbd> H<sub>2<\/sub>O<\/p>/
  )
})

test('the title is the front matter, else the first heading, else the file name, and is not shown twice', async () => {
  const plan = await planOf({
    'a.md': '---\ntitle: Bees\n---\n# bees!\n\ntext',
    'b.md': '![logo](https://e.org/l.png)\n\n# Hives & *frames*\n\n# Another\n\n## Below',
    '03-honey_jars.md': 'text',
    'd.md': '#\n\ntext'
  })
  expect(pageIn(plan, 'a.md')).toMatchObject({ title: 'Bees', html: '<p>text</p>' })
  expect(pageIn(plan, 'b.md').title).toBe('Hives & frames')
  expect(pageIn(plan, 'b.md').html).toMatch(
    /<h2 id="user-content-another">Another<\/h2>\s*<h3 id="user-content-below">/
  )
  expect(pageIn(plan, '03-honey_jars.md').title).toBe('Honey jars')
  expect(pageIn(plan, 'd.md')).toMatchObject({ title: 'D', html: '<p>text</p>' })
})

test('front matter: minutes, drafts, faults and fields without use', async () => {
  const plan = await planOf({
    'a.md': '---\ntitle: A\nteaching: 20\nexercises: 5\nprerequisites: [b]\n---\n',
    'b.md': '---\ndraft: true\n---\n# B',
    'c.md': '---\ntitle: "C\n---\n# See\n',
    'd.md': '+++\ntitle = "D"\n+++\ntext',
    'e.md': '---\nduration: 15 min\n---\n[to a draft](b.md)'
  })
  expect(pageIn(plan, 'a.md')).toMatchObject({ minutes: 25, html: '' })
  expect(pageIn(plan, 'c.md').title).toBe('See')
  expect(pageIn(plan, 'e.md').minutes).toBe(15)
  expect(warned(plan)).toEqual([
    'front-matter-field-unused a.md:5',
    'draft-skipped b.md:1',
    expect.stringMatching(/^front-matter-faulty c.md:\d$/),
    'front-matter-faulty d.md:1',
    'link-to-draft e.md:4'
  ])
})

test('films of other sites become links', async () => {
  const html = await htmlOf(
    '# T\n\n<iframe src="https://www.youtube-nocookie.com/embed/abc_1?x=1" title="Bees dance"></iframe>\n\n[![Swarm](https://img.youtube.com/vi/xyz/0.jpg)](https://youtu.be/xyz)\n\n<iframe src="https://player.vimeo.com/video/42"></iframe>\n\n<iframe src="http://www.youtube.com/embed/abc"></iframe>'
  )
  expect(html).toContain('<a href="https://www.youtube.com/watch?v=abc_1" class="video-card">Bees dance</a>')
  expect(html).toContain('<a href="https://www.youtube.com/watch?v=xyz" class="video-card">Swarm</a>')
  expect(html).toContain('<a href="https://vimeo.com/42" class="video-card">Video</a>')
  expect(html).not.toMatch(/iframe|<img/)
})

test('a page too large, or nested beyond reading, is refused by name', async () => {
  await expect(planOf({ 'a.md': 'x'.repeat(2000) }, { pageSize: 1024 })).rejects.toMatchObject({
    code: 'course-import.page-too-large',
    path: 'a.md'
  })
  for (const markdown of [
    '<div>'.repeat(100_000),
    '![a]('.repeat(20_000),
    '>'.repeat(20_000),
    '*a_'.repeat(20_000),
    '- '.repeat(500),
    '::: note\n'.repeat(3_000)
  ]) {
    await expect(planOf({ 'a.md': markdown })).rejects.toMatchObject({
      code: 'course-import.page-too-complex',
      path: 'a.md'
    })
  }
  const data = `\`\`\`json\n${'[[1, 2]],\n'.repeat(10_000)}\`\`\``
  expect(pageIn(await planOf({ 'a.md': data }), 'a.md').html).toContain('[[1, 2]],')
})
