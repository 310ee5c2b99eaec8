import { expect, test } from 'vitest'
import { pageIn, planOf, warned } from './course-fixture.ts'
import { normaliseFencedDivs } from './fenced-divs.ts'

async function htmlOf(markdown: string): Promise<string> {
  return pageIn(await planOf({ 'page.md': markdown }), 'page.md').html
}

test('fences of any length nest by order, as Pandoc reads them', async () => {
  const html = await htmlOf(
    '::::::::: challenge\n\n## Count the bees\n\nHow many?\n\n::::::::::::::::: solution\n\nMany.\n\n::::::\n\nafter\n\n::::::::::::\n\noutside\n'
  )
  expect(html).toBe(
    '<div class="callout callout-challenge">\n<h2 class="callout-title" id="user-content-count-the-bees">Count the bees</h2>\n<p>How many?</p>\n' +
      '<details class="callout callout-solution">\n<summary>\n<h2 id="user-content-callout-2" class="callout-title">Solution</h2>\n</summary>\n<p>Many.</p>\n</details>\n' +
      '<p>after</p>\n</div>\n<p>outside</p>'
  )
})

test.each([
  ['::: objectives\n\n- one\n:::', 'callout-objectives', 'Objectives'],
  ['::: {.keypoints}\n\n- one\n:::', 'callout-keypoints', 'Key points'],
  [':::tip Mind the sting\ntext\n:::', 'callout-tip', 'Mind the sting'],
  [':::warning[Mind *it*]\ntext\n:::', 'callout-warning', 'Mind <em>it</em>'],
  ['::::: {.callout title="A [b] c"}\ntext\n:::::', 'callout-callout', 'A [b] c'],
  ['> [!CAUTION]\n> text', 'callout-caution', 'Caution']
])('%j is a box with a heading', async (markdown, className, heading) => {
  const html = await htmlOf(`# T\n\n${markdown}`)
  expect(html).toContain(`class="callout ${className}"`)
  expect(html).toContain(`class="callout-title">${heading}</h2>`)
})

test('a box that is not known loses its frame and keeps its content', async () => {
  expect(await htmlOf('::: column\n\nleft\n\n:::')).toBe('<p>left</p>')
})

test('headings that boxes bring do not renumber those of the author', async () => {
  expect(await htmlOf('::: questions\n- why?\n:::\n\n## Questions\n\n[q](#questions)')).toContain(
    '<h2 id="user-content-questions">'
  )
})

test('colons in code, in prose and without partner are left alone', async () => {
  const code = '~~~\n::: challenge\n:::\n~~~\n\n> ```\n> ::: tip\n> ```\n'
  expect(normaliseFencedDivs(code)).toEqual({ markdown: code, unpaired: [], depth: 0 })
  expect(await htmlOf('At 10:30, git@host.org:me/x.git, std::vector, :smile: and a:b[c]{d}')).toMatch(
    /At 10:30, .*:me\/x\.git, std::vector, :smile: and a:b\[c\]\{d\}/
  )
  const plan = await planOf({ 'a.md': '# T\n\n:::\n\ntext\n\n::: tip\n\nend' })
  expect(warned(plan)).toEqual(['fence-unpaired a.md:3', 'fence-unpaired a.md:7'])
})

test('attributes in braces', async () => {
  const html = await htmlOf(
    "# T\n\n![](https://e.org/a.png){alt='Say \"git add\" *now*, l\\'été' width=\"60%\" onerror='x'} rest\n\n## Named {#own}\n\n[see](#own)\n\nSet {a, b} stays."
  )
  expect(html).toContain('alt="Say &#x22;git add&#x22; *now*, l&#x27;été" width="60%"')
  expect(html).toContain('> rest</p>')
  expect(html).toContain('<h2 id="user-content-own">Named</h2>')
  expect(html).toContain('href="#user-content-own"')
  expect(html).toContain('Set {a, b} stays.')
  expect(html).not.toContain('onerror')
})

test('glossaries can be linked to', async () => {
  const plan = await planOf({
    'a.md': '# A\n\n[swarm](b.md#swarm)',
    'b.md': '# B\n\n[swarm]{#swarm}\n:   Bees that *leave*.\n\nhive\n\n:   A home.\n:   A box.\n'
  })
  expect(plan.warnings).toEqual([])
  expect(pageIn(plan, 'a.md').html).toContain('href="page:b.md#user-content-swarm"')
  expect(pageIn(plan, 'b.md').html.replaceAll('\n', '')).toBe(
    '<dl><dt><span id="user-content-swarm">swarm</span></dt><dd>Bees that <em>leave</em>.</dd><dt>hive</dt><dd>A home.</dd><dd>A box.</dd></dl>'
  )
})

test('grid tables', async () => {
  const html = await htmlOf(
    '+-----+-------+\n| a   | b     |\n+=====+=======+\n| 1   | - x   |\n|     | - y   |\n+-----+-------+\n'
  )
  expect(html.replaceAll('\n', '')).toBe(
    '<table><thead><tr><th><p>a</p></th><th><p>b</p></th></tr></thead><tbody><tr><td><p>1</p></td><td><ul><li>x</li><li>y</li></ul></td></tr></tbody></table>'
  )
})
