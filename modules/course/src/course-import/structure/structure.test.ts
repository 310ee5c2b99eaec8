import { expect, test } from 'vitest'
import { contents, pageIn, planOf, warned } from '../course-fixture.ts'

test('folders are units, in natural order, with overviews first and the project last', async () => {
  const plan = await planOf({
    'README.md': '# Beekeeping\n\n[![badge](https://e.org/b.png)](https://e.org)\n\nAll about **bees**.',
    'LICENSE.md': '# Licence',
    'CONTRIBUTING.md': '# Contributing',
    '10-honey/1-jar.md': '# Jar',
    '2-hive/lessons/2-frame/assignment.md': '# Build a frame',
    '2-hive/lessons/2-frame/README.md': '# The frame',
    '2-hive/lessons/10-roof/README.md': '# The roof',
    '2-hive/README.md': '# All about hives',
    'images/README.md': '# About the images'
  })
  expect(plan).toMatchObject({ title: 'Beekeeping', description: 'All about bees.' })
  expect(contents(plan)).toEqual([
    'Introduction: Beekeeping',
    'Hive: All about hives, The frame, Build a frame, The roof',
    'Honey: Jar',
    'About this course: Contributing, About the images, Licence'
  ])
})

test('front matter overrules order and unit, and brings its video', async () => {
  const plan = await planOf({
    'a.md': '---\norder: 3\n---\n# A',
    'b.md': '---\nweight: 1\nvideo: film.mp4\n---\n# B',
    'c.md': '---\norder: 2\nunit: Extra\nvideo: https://vimeo.com/1\n---\n# C',
    'd.md': '---\nvideo: gone.mp4\n---\n# D',
    'film.mp4': 'x'
  })
  expect(plan.units.map((unit) => unit.items.map((item) => `${item.kind} ${item.title}`))).toEqual([
    ['video B', 'page B', 'page A', 'page D'],
    ['link C', 'page C']
  ])
  expect(plan.units[1]?.title).toBe('Extra')
  expect(warned(plan)).toEqual(['video-missing d.md:1'])
})

test('a folder called only by a number is named after its overview; docs is no unit', async () => {
  const plan = await planOf({
    'docs/week1/index.md': '# Bees',
    'docs/week1/a.md': '# A',
    'docs/index.md': '# Course',
    'docs/tools/b.md': '# B'
  })
  expect(contents(plan)).toEqual(['Introduction: Course', 'Tools: B', 'Bees: Bees, A'])
})

test('course.yaml decides, and what it forgets is appended', async () => {
  const plan = await planOf({
    'course.yaml':
      'title: Bees\ndescription: Buzz\nlanguage: ar\nunits:\n  - title: One\n    items:\n      - b.md\n      - page: a.md\n        title: Renamed\n      - video: film.mp4\n        title: Film\n      - file: data.csv\n      - link: https://example.org\n        title: More\n      - gone.md\n      - b.md\n      - 17: x\n  - title: Two\n    items: [folder]\n',
    'a.md': '# A',
    'b.md': '# B',
    'c.md': '# C',
    'folder/2.md': '# Two',
    'folder/10.md': '# Ten',
    'film.mp4': 'x',
    'data.csv': 'x'
  })
  expect(plan).toMatchObject({ title: 'Bees', description: 'Buzz', language: 'ar' })
  expect(contents(plan)).toEqual(['One: B, Renamed, Film, Data, More', 'Two: Two, Ten', 'صفحات أخرى: C'])
  expect(warned(plan)).toEqual([
    'listed-file-missing course.yaml',
    'manifest-item-unknown course.yaml',
    'not-listed c.md'
  ])
})

test('a manifest that cannot be read gives way to the folders', async () => {
  const plan = await planOf({ 'course.yaml': 'title: "Bees\nunits: [', 'a.md': '# A' })
  expect(contents(plan)).toHaveLength(1)
  expect(warned(plan)[0]).toMatch(/^manifest-faulty course.yaml:\d/)
})

test('a lesson of The Carpentries', async () => {
  const plan = await planOf({
    'config.yaml': "carpentry: 'swc'\ntitle: 'Git'\nlang: en\nepisodes:\n- b.md\n- a.md\nlearners:\n",
    'index.md': '---\npermalink: index.html\nsite: sandpaper::sandpaper_site\n---\nWelcome.',
    'README.md': '# The repository',
    'LICENSE.md': '---\ntitle: Licences\n---\n',
    'episodes/a.md':
      '---\ntitle: A\nteaching: 5\nexercises: 10\n---\n[r](../learners/reference.md#commit) [s](setup.html) [b](b.html)',
    'episodes/b.md': '---\ntitle: B\n---\n![x](fig/x.png){alt="X"}',
    'episodes/fig/x.png': 'x',
    'learners/setup.md': '---\ntitle: Setup\n---\n',
    'learners/reference.md': '---\ntitle: Reference\n---\n[commit]{#commit}\n:   A change.',
    'instructors/notes.md': '---\ntitle: Notes\n---\n'
  })
  expect(contents(plan)).toEqual([
    'Introduction: Git, Setup',
    'Lessons: B, A',
    'For learners: Reference',
    'For instructors: Notes',
    'About this course: The repository, Licences'
  ])
  expect(plan.warnings).toEqual([])
  expect(pageIn(plan, 'episodes/a.md').html).toBe(
    '<p><a href="page:learners/reference.md#user-content-commit">r</a> <a href="page:learners/setup.md">s</a> <a href="page:episodes/b.md">b</a></p>'
  )
})

test('the menu of MkDocs', async () => {
  const plan = await planOf({
    'mkdocs.yml':
      'site_name: Bees\ntheme: {name: material, language: ru}\nmarkdown_extensions:\n  - x: !!python/name:a.b\nnav:\n  - index.md\n  - Hive:\n    - hive/frame.md\n    - Roofs: hive/roof.md\n    - Deep:\n      - hive/deep.md\n  - Site: https://example.org\n  - gone.md\n',
    'docs/index.md': '# Start\n\n[r](/hive/roof/) [f](hive/frame/)',
    'docs/hive/frame.md': '# Frame',
    'docs/hive/roof.md': '# R',
    'docs/hive/deep.md': '# Deep',
    'docs/forgotten.md': '# F'
  })
  expect(contents(plan)).toEqual([
    'Введение: Start',
    'Hive: Frame, Roofs, Deep',
    'Другие страницы: Site',
    'Другие страницы: F'
  ])
  expect(warned(plan)).toEqual(['listed-file-missing mkdocs.yml', 'not-listed docs/forgotten.md'])
  expect(pageIn(plan, 'docs/index.md').html).toContain('page:docs/hive/roof.md')
})

test.each(['_sidebar.md', 'SUMMARY.md'])('the menu in %s', async (file) => {
  const plan = await planOf({
    [file]:
      '# Summary\n\n* [Start](/README.md)\n* Hive\n  * [Frame](hive/frame.md)\n    * [Wire](hive/wire.md#top)\n* [Honey](honey)\n  * [Jar](honey/jar)\n* [Gone](gone.md)\n',
    'README.md': '# Bees',
    'hive/frame.md': '# F',
    'hive/wire.md': '# W',
    'honey/README.md': '# H',
    'honey/jar.md': '# J'
  })
  expect(plan.title).toBe('Bees')
  expect(contents(plan)).toEqual(['Introduction: Start', 'Hive: Frame, Wire', 'Honey: Honey, Jar'])
  expect(warned(plan)).toEqual([`listed-file-missing ${file}:9`])
})
