/** `ar` in `en` → “Arabic”; the tag itself where the browser knows no name. */
export const languageNameIn = (language: string, tag: string): string =>
  new Intl.DisplayNames([language], { type: 'language', fallback: 'code' }).of(tag) ?? tag
