import { tellServer } from '../tell-server.ts'

/** Languages with a complete set of files, by their own names. */
export const languages = { en: 'English', ar: 'العربية' } as const
export type Language = keyof typeof languages

const CHOSEN = 'lyceum.language'
const LAST = 'lyceum.language.last'

const files = import.meta.glob<Record<string, unknown>>('./*/*.json', { import: 'default' })

/** The words of one part of the app. */
export function readWords(language: string, namespace: string): Promise<Record<string, unknown>> {
  const load = files[`./${language}/${namespace}.json`]
  return load ? load() : Promise.reject(new Error(`There is no src/locale/${language}/${namespace}.json`))
}

/** What every screen needs of the words. */
export const EVERYWHERE = ['shell', 'ui', 'problem'] as const

/** The language to begin with, before the server has said what the person or the school prefers. */
export const likelyLanguage = (): Language => chosenLanguage() ?? supported(localStorage.getItem(LAST)) ?? ofBrowser()

/** A choice made by hand on this device. */
export const chosenLanguage = (): Language | undefined => supported(localStorage.getItem(CHOSEN))

export function rememberLanguage(language: Language, { byHand }: { byHand: boolean }): void {
  if (byHand) remember(CHOSEN, language)
  remember(LAST, language)
}

/** As a cookie too: the server draws the first screen before the app can tell it anything. */
function remember(name: string, value: string): void {
  localStorage.setItem(name, value)
  tellServer(name, value)
}

export const ofBrowser = (): Language => firstSupported(navigator.languages)

export const firstSupported = (tags: readonly string[]): Language =>
  tags.map(supported).find((one) => one !== undefined) ?? 'en'

/** `en-GB` → `en`; undefined for a language without files. */
export const supported = (tag: string | null | undefined): Language | undefined => {
  const base = tag?.toLowerCase().split('-')[0]
  return base !== undefined && isLanguage(base) ? base : undefined
}

const isLanguage = (word: string): word is Language => Object.hasOwn(languages, word)
