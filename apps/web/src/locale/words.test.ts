import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sourceFiles } from '../../test/source-files.ts'
import { languages } from './files.ts'

type Words = Map<string, string>

const PLURAL = /_(zero|one|two|few|many|other)$/
const codes = Object.keys(languages)
const namespaces = readdirSync(new URL('./en/', import.meta.url)).map((file) => file.replace('.json', ''))
const wordsOf = (language: string, namespace: string): Words =>
  flat(JSON.parse(readFileSync(new URL(`./${language}/${namespace}.json`, import.meta.url), 'utf8')))

function flat(value: unknown, prefix = ''): Words {
  if (typeof value === 'string') return new Map([[prefix, value]])
  if (typeof value !== 'object' || value === null) throw new Error(`${prefix} is neither words nor a group of words`)
  return new Map(Object.entries(value).flatMap(([key, part]) => [...flat(part, prefix ? `${prefix}.${key}` : key)]))
}

const stems = (words: Words) => new Set([...words.keys()].map((key) => key.replace(PLURAL, '')))
const placeholders = (words: string) => [...new Set(words.match(/\{\{\w+\}\}/g))].toSorted()

test.each(namespaces)('%s says the same in every language', (namespace) => {
  const english = wordsOf('en', namespace)
  for (const language of codes) {
    const words = wordsOf(language, namespace)
    expect([...stems(words)].toSorted(), language).toEqual([...stems(english)].toSorted())
    for (const [key, text] of words) expect(text.trim(), `${language} ${key} is empty`).not.toBe('')
  }
})

test.each(namespaces)('%s has every plural form a language needs', (namespace) => {
  const counted = [...wordsOf('en', namespace).keys()].filter((key) => key.endsWith('_other'))
  for (const language of codes) {
    const words = wordsOf(language, namespace)
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    for (const key of counted) {
      const missing = forms.map((form) => key.replace(PLURAL, `_${form}`)).filter((form) => !words.has(form))
      expect(missing, language).toEqual([])
    }
  }
})

/** How many there are: as it is, or written as the language writes numbers. */
const NUMBERS = new Set(['{{count}}', '{{number}}'])

test.each(namespaces)('%s fills the same places in every language', (namespace) => {
  const english = wordsOf('en', namespace)
  for (const language of codes)
    for (const [key, text] of wordsOf(language, namespace)) {
      const model = english.get(key) ?? english.get(key.replace(PLURAL, '_other')) ?? ''
      // A form for exactly none, one or two may say the number in words.
      const spoken = /_(zero|one|two)$/.test(key)
      const wanted = placeholders(model).filter((place) => !spoken || text.includes(place) || !NUMBERS.has(place))
      const optional = spoken && /_zero$/.test(key)
      if (!optional) expect(placeholders(text), `${language} ${namespace}:${key}`).toEqual(wanted)
    }
})

test('every key that the app uses exists', () => {
  const known = new Map(namespaces.map((namespace) => [namespace, wordsOf('en', namespace)]))
  const missing = sourceFiles('.tsx', '.ts').flatMap(({ name, text }) => {
    const asked = [...text.matchAll(/useTranslation\((?:'(\w+)')?\)/g)].map((match) => match[1] ?? 'shell')
    // Parts of a feature may be handed its `t` by another file of it.
    const own = /^features\/(\w+)\//.exec(name)?.[1]
    const used = [...asked, ...(own ? [own] : [])]
    const keys = [...text.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1] ?? '')
    return keys
      .filter((key) => !used.some((namespace) => has(known.get(namespace), key)))
      .map((key) => `${name}: ${key} is not in ${used.join(' or ') || 'any file'}`)
  })
  expect(missing).toEqual([])
})

const has = (words: Words | undefined, key: string): boolean =>
  words !== undefined && (words.has(key) || words.has(`${key}_other`))
