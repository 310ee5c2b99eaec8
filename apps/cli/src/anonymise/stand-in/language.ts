import type { Faker } from '@faker-js/faker'

type Names = Readonly<Record<string, readonly string[] | undefined>>

/** Words and names of one language, in its own script. */
export interface Language {
  /** Words of about so many letters. */
  words(length: number): readonly string[]
  readonly firstNames: readonly string[]
  readonly lastNames: readonly string[]
  readonly places: readonly string[]
}

export type Tongue = keyof typeof tongues

const LATIN = /^[\p{Script=Latin}\p{M}'’-]+$/u

/** In the order in which they are tried: what is common to several comes last. */
const tongues = {
  fa: { script: /^[\p{Script=Arabic}\u200c]+$/u, sign: /[پچژگ]/u, load: () => import('@faker-js/faker/locale/fa') },
  ar: { script: /^\p{Script=Arabic}+$/u, sign: /\p{Script=Arabic}/u, load: () => import('@faker-js/faker/locale/ar') },
  he: { script: /^\p{Script=Hebrew}+$/u, sign: /\p{Script=Hebrew}/u, load: () => import('@faker-js/faker/locale/he') },
  uk: { script: /^[\p{Script=Cyrillic}'’]+$/u, sign: /[іїєґ]/iu, load: () => import('@faker-js/faker/locale/uk') },
  ru: {
    script: /^\p{Script=Cyrillic}+$/u,
    sign: /\p{Script=Cyrillic}/u,
    load: () => import('@faker-js/faker/locale/ru')
  },
  el: { script: /^\p{Script=Greek}+$/u, sign: /\p{Script=Greek}/u, load: () => import('@faker-js/faker/locale/el') },
  ko: { script: /^\p{Script=Hangul}+$/u, sign: /\p{Script=Hangul}/u, load: () => import('@faker-js/faker/locale/ko') },
  ja: {
    script: /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u,
    sign: /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
    load: () => import('@faker-js/faker/locale/ja')
  },
  zh_CN: { script: /^\p{Script=Han}+$/u, sign: /\p{Script=Han}/u, load: () => import('@faker-js/faker/locale/zh_CN') },
  pl: { script: LATIN, sign: /[łżźśćńąę]/iu, load: () => import('@faker-js/faker/locale/pl') },
  tr: { script: LATIN, sign: /[ğışİ]/u, load: () => import('@faker-js/faker/locale/tr') },
  cs_CZ: { script: LATIN, sign: /[řěůčďť]/iu, load: () => import('@faker-js/faker/locale/cs_CZ') },
  nb_NO: { script: LATIN, sign: /[øå]/iu, load: () => import('@faker-js/faker/locale/nb_NO') },
  de: { script: LATIN, sign: /[ßäöü]/iu, load: () => import('@faker-js/faker/locale/de') },
  pt_BR: { script: LATIN, sign: /[ãõ]/iu, load: () => import('@faker-js/faker/locale/pt_BR') },
  fr: { script: LATIN, sign: /[èêçœàû]/iu, load: () => import('@faker-js/faker/locale/fr') },
  es: { script: LATIN, sign: /[ñ¿¡áíóúé]/iu, load: () => import('@faker-js/faker/locale/es') },
  en: { script: LATIN, sign: /./u, load: () => import('@faker-js/faker/locale/en') }
} as const satisfies Record<string, { script: RegExp; sign: RegExp; load: () => Promise<{ faker: Faker }> }>

const tongueNames = Object.keys(tongues).filter((name): name is Tongue => name in tongues)

/** The language a text is most likely in, by its letters; English where they tell nothing. */
export const tongueOf = (text: string): Tongue => tongueNames.find((name) => tongues[name].sign.test(text)) ?? 'en'

/** Every language there is, read once: a text of several scripts needs several. */
export async function loadLanguages(): Promise<Readonly<Record<Tongue, Language>>> {
  const { faker: english } = await tongues.en.load()
  const loaded = await Promise.all(
    tongueNames.map(
      async (name) => [name, languageOf((await tongues[name].load()).faker, tongues[name].script, english)] as const
    )
  )
  // The keys are those of `tongues`.
  return Object.fromEntries(loaded) as Record<Tongue, Language>
}

function languageOf({ rawDefinitions }: Faker, script: RegExp, english: Faker): Language {
  const inScript = (list: readonly string[] | null | undefined): string[] =>
    (list ?? []).filter((one) => script.test(one))
  const flat = (lists: Names | undefined): string[] =>
    inScript(Object.values(lists ?? {}).flatMap((list) => list ?? []))
  const { person, location, lorem, word } = rawDefinitions
  // Where a language brings no words, English ones stand in their place.
  const isBorrowed = rawDefinitions !== english.rawDefinitions && word?.noun === english.rawDefinitions.word?.noun
  const words = isBorrowed ? [] : flat(listsOf(word))
  const own = [
    ...new Set((words.length > 500 ? words : [...words, ...inScript(lorem?.word)]).map((one) => one.toLowerCase()))
  ]
  // Some languages come without words of their own: names of places and people are in the right script.
  const places = inScript(location?.city_name)
  const firstNames = flat(listsOf(person?.first_name))
  const lastNames = flat(listsOf(person?.last_name))
  const byLength = Map.groupBy(own.length > 50 ? own : [...own, ...places, ...firstNames, ...lastNames], lengthOf)
  const longest = Math.max(...byLength.keys())
  return {
    firstNames,
    lastNames,
    places: places.length > 0 ? places : lastNames,
    words: (length) => {
      for (let away = 0; away <= longest + length; away++) {
        const found = [
          ...(byLength.get(length - away) ?? []),
          ...(away === 0 ? [] : (byLength.get(length + away) ?? []))
        ]
        if (found.length >= 3 || (away > 3 && found.length > 0)) return found
      }
      return own
    }
  }
}

const lengthOf = (word: string): number => [...word].length

/** Definitions by part of speech or by sex, as lists; other shapes hold patterns. */
function listsOf(given: object | null | undefined): Names {
  return Object.fromEntries(
    Object.entries(given ?? {}).filter(
      (entry): entry is [string, string[]] =>
        Array.isArray(entry[1]) && entry[1].every((one) => typeof one === 'string')
    )
  )
}
