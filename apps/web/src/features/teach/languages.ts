/** Languages a course or its captions may be marked as; names come from the browser. */
export const LANGUAGES = [
  'en',
  'ar',
  'de',
  'es',
  'fr',
  'it',
  'nl',
  'pl',
  'pt',
  'ru',
  'sv',
  'tr',
  'uk',
  'zh',
  'ja',
  'hi',
  'ur',
  'fa'
]
