import i18next, { type BackendModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import {
  chosenLanguage,
  EVERYWHERE,
  type Language,
  languages,
  likelyLanguage,
  ofBrowser,
  readWords,
  rememberLanguage,
  supported
} from './files.ts'
import { isolate } from './isolate.ts'

/** The languages to choose from, each written in itself. */
export const languageList = (['en', 'ar'] as const).map((value) => ({ value, label: languages[value], lang: value }))

const RIGHT_TO_LEFT: readonly Language[] = ['ar']

const lazyFiles: BackendModule = {
  type: 'backend',
  callbackApi: true,
  init: () => undefined,
  read: (language, namespace, done) => {
    readWords(language, namespace).then(
      (words) => done(null, words),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), false)
    )
  }
}

/** Starts with the most likely language, whose files are on the way before the server has answered. */
export async function startLanguage(): Promise<void> {
  i18next.on('languageChanged', applyLanguage)
  await i18next
    .use(lazyFiles)
    .use(initReactI18next)
    .init({
      lng: likelyLanguage(),
      // Every language is complete (a test sees to it), so nobody downloads a second one to fall back on.
      fallbackLng: false,
      // Pages ask for their words while this is still on its way.
      initAsync: false,
      ns: [...EVERYWHERE],
      defaultNS: 'shell',
      interpolation: { escapeValue: true, escape: (text) => isolate(text, directionOf(i18next.language)) },
      returnNull: false
    })
}

/** Account, then the choice made on this device, then the school's language, then the browser's. */
export async function settleLanguage(
  account: string | null | undefined,
  school: string | undefined
): Promise<Language> {
  const language = supported(account) ?? chosenLanguage() ?? supported(school) ?? ofBrowser()
  rememberLanguage(language, { byHand: false })
  if (language !== i18next.language) await i18next.changeLanguage(language)
  return language
}

/** A choice made by hand on this device. */
export async function chooseLanguage(language: Language): Promise<void> {
  rememberLanguage(language, { byHand: true })
  await i18next.changeLanguage(language)
}

/** The part of the words that a page needs, loaded beside its code. */
export const loadWords = (namespace: string): Promise<void> => i18next.loadNamespaces(namespace)

/**
 * The language as the browser's owner writes it, en-GB rather than en: dates differ within one language.
 * @param preferred the owner's languages, the dearest first
 */
export const regional = (language: string, preferred: readonly string[]): string =>
  preferred.find((tag) => supported(tag) === supported(language)) ?? language

export const directionOf = (language: string): 'ltr' | 'rtl' =>
  RIGHT_TO_LEFT.some((one) => one === supported(language)) ? 'rtl' : 'ltr'

function applyLanguage(language: string): void {
  document.documentElement.lang = language
  document.documentElement.dir = directionOf(language)
}
