/** The link a message is about: the first address in its text. */
export const linkIn = (text: string): string | undefined =>
  /https?:\/\/[^\s<>"]+/.exec(text)?.[0].replace(/[.,;:!?)]+$/, '')
