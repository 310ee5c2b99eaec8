import { BORDER, foldLoosely, foldNumbers, foldStrictly } from './fold.ts'
import { NeedleSet } from './needle-set.ts'
import { variantsOf } from './variants.ts'

export const needleKinds = ['name', 'email', 'word', 'host', 'phone', 'address', 'token', 'id', 'text'] as const
export type NeedleKind = (typeof needleKinds)[number]

export type Counts = Partial<Record<NeedleKind, number>>

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
const EMAIL = /[^\s@<>"'(),;:/\\[\]{}=&?]+@[^\s@<>"'(),;:/\\[\]{}=&?]+\.\p{L}{2,}/gu
const PHONE = /(?<![\w.-])(?:\+|00)\d[\d ().\-/\u00a0]{6,17}\d(?!\w)/g
const ADDRESS = /(?<![\d.])(?!127\.|0\.)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g

/** Letters of a text that are enough to know it by. */
const PRINT = 28
const SHORTEST_WORD = 5
const SHORTEST_NAME = 5
/** Each character says more there. */
const SHORTEST_NAME_GROWN = 4
const SHORTEST_TOKEN = 8
/** Written without blanks between words, or with small words grown onto them: letters beside a name mean nothing. */
const GROWN_TOGETHER =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

/** Everything in a copy that says who somebody is, in memory and nowhere else; for finding out whether any of it is left. */
export class Needles {
  readonly #loose: Readonly<Record<'name' | 'email' | 'host' | 'text', NeedleSet>> = {
    name: new NeedleSet(),
    email: new NeedleSet(),
    host: new NeedleSet(),
    text: new NeedleSet()
  }
  readonly #strict: Readonly<Record<'address' | 'token', NeedleSet>> = {
    address: new NeedleSet(),
    token: new NeedleSet()
  }
  readonly #phones = new NeedleSet()
  readonly #words = new Set<string>()
  readonly #ids = new Set<string>()
  /** As they stood, for pages in which nothing can be folded; each character is a byte. */
  readonly #raw = new NeedleSet()
  #told = new NeedleSet()

  addName(name: string): void {
    const folded = foldLoosely(name).trim()
    const apart = !GROWN_TOGETHER.test(folded)
    if (folded.length < (apart ? SHORTEST_NAME : SHORTEST_NAME_GROWN)) return
    const parts = folded.split(' ')
    if (parts.length > 1 || !apart) {
      this.#loose.name.add(folded, { apart })
      // “Haddad, Lina”
      if (parts.length === 2 || parts.length === 3)
        this.#loose.name.add([parts.at(-1), ...parts.slice(0, -1)].join(' '), { apart })
      this.#addRaw(name)
    }
    for (const part of parts) this.#addWord(part)
  }

  addEmail(email: string): void {
    const folded = foldLoosely(email).trim()
    this.#loose.email.add(folded, { apart: false })
    this.#addRaw(email)
    this.addHost(email.slice(email.lastIndexOf('@') + 1))
    const local = foldLoosely(email.slice(0, email.lastIndexOf('@'))).trim()
    if (!local.includes(' ')) this.#addWord(local)
    else if (local.length >= 8) this.#loose.name.add(local, { apart: true })
  }

  /** @param host `localhost` and such lead nowhere and are nobody's */
  addHost(host: string): void {
    if (!/[^.]\.[^.]/.test(host) || host.endsWith('.invalid')) return
    this.#loose.host.add(foldLoosely(host).trim(), { apart: true })
    this.#addRaw(host)
  }

  addToken(token: string): void {
    if (token.length < SHORTEST_TOKEN) return
    this.#strict.token.add(foldStrictly(token), { apart: false })
    if (token.length >= 16) this.#addRaw(token)
  }

  addId(id: string): void {
    this.#ids.add(id.toLowerCase())
  }

  /** A place at the beginning of a text and one in its middle. */
  addText(text: string): void {
    const folded = foldLoosely(text).trim()
    if (folded.length < PRINT) return
    for (const from of [0, Math.floor(folded.length / 2)]) {
      const start = from === 0 ? 0 : folded.indexOf(' ', from) + 1
      const print = folded.slice(start, start + PRINT)
      if ((from === 0 || start > 0) && print.length === PRINT) this.#loose.text.add(print, { apart: false })
    }
  }

  /** What can be recognised wherever it stands: e-mail addresses, telephone numbers, addresses of machines. */
  mine(text: string): void {
    for (const variant of variantsOf(text)) {
      if (variant.includes('@')) for (const [email] of variant.matchAll(EMAIL)) this.addEmail(email)
      for (const [phone] of variant.matchAll(PHONE)) {
        const digits = phone.replace(/\D/g, '').replace(/^00/, '')
        this.#phones.add(digits, { apart: false })
        this.#addRaw(phone)
      }
      for (const [address] of variant.matchAll(ADDRESS)) this.#strict.address.add(address, { apart: true })
    }
  }

  #addWord(word: string): void {
    if (word.length >= SHORTEST_WORD && /^\p{L}+$/u.test(word)) this.#words.add(word)
  }

  #addRaw(text: string): void {
    const bytes = Buffer.from(text)
    if (bytes.length >= 8) this.#raw.add(bytes.toString('latin1'), { apart: false })
  }

  /** Whether somebody is called so or can be reached there. */
  isTaken = (text: string): boolean => {
    const folded = foldLoosely(text).trim()
    return this.#loose.name.has(folded) || this.#loose.email.has(folded) || this.#loose.host.has(folded)
  }

  /**
   * From now on single words count, but for those that stand in the copy anyway: a word of the product or of an invented text that is also
   * the name of somebody tells nobody who it is.
   */
  settle(innocent: ReadonlySet<string>): void {
    const harmless = new Set([...innocent].flatMap((word) => foldLoosely(word).trim().split(' ')))
    this.#told = new NeedleSet()
    for (const word of this.#words) if (!harmless.has(word)) this.#told.add(word, { apart: !GROWN_TOGETHER.test(word) })
  }

  /** How many there are of each kind. */
  sizes(): Record<NeedleKind, number> {
    return {
      name: this.#loose.name.size,
      email: this.#loose.email.size,
      word: this.#words.size,
      host: this.#loose.host.size,
      phone: this.#phones.size,
      address: this.#strict.address.size,
      token: this.#strict.token.size,
      id: this.#ids.size,
      text: this.#loose.text.size
    }
  }

  /** How often something of each kind stands in a text, plainly or encoded. @param but kinds that mean nothing there */
  find(text: string, but: readonly NeedleKind[] = []): Counts {
    const counts: Counts = {}
    for (const variant of variantsOf(text)) this.#findIn(variant, but, counts)
    return counts
  }

  #findIn(text: string, but: readonly NeedleKind[], counts: Counts): void {
    const note = (kind: NeedleKind, found: number) => {
      if (found > 0) counts[kind] = (counts[kind] ?? 0) + found
    }
    const loose = foldLoosely(text)
    for (const kind of ['name', 'email', 'host', 'text'] as const)
      if (!but.includes(kind)) note(kind, this.#loose[kind].count(loose))
    if (!but.includes('word')) note('word', this.#told.count(loose))
    const strict = foldStrictly(text)
    for (const kind of ['address', 'token'] as const)
      if (!but.includes(kind)) note(kind, this.#strict[kind].count(strict))
    if (!but.includes('phone') && this.#phones.size > 0) note('phone', this.#phones.count(foldNumbers(text)))
    if (!but.includes('id')) {
      let ids = 0
      for (const [id] of strict.matchAll(ID)) if (this.#ids.has(id)) ids++
      note('id', ids)
    }
  }

  /** How often something stands in bytes just as it stood in the database. @param bytes one character for each */
  findRaw(bytes: string): number {
    return this.#raw.count(bytes)
  }
}

/** Values of one column, looked through together. */
export const together = (values: readonly (string | null)[]): string =>
  values.filter((value) => value !== null).join(BORDER)
