/** What the first letters of a needle are hashed to. */
const SLOTS = 1 << 20
const START = 4

interface Needle {
  readonly text: string
  /** Counts only where no letter or digit stands beside it. */
  readonly apart: boolean
}

/** Many texts that are looked for at once. */
export class NeedleSet {
  readonly #bits = new Uint8Array(SLOTS)
  readonly #byStart = new Map<string, Needle[]>()
  readonly #all = new Set<string>()

  get size(): number {
    return this.#all.size
  }

  has(text: string): boolean {
    return this.#all.has(text)
  }

  /** @param text at least four characters; shorter ones are in everything and are left out */
  add(text: string, { apart }: { readonly apart: boolean }): void {
    if (text.length < START || this.#all.has(text)) return
    this.#all.add(text)
    this.#bits[slotOf(text, 0)] = 1
    const start = text.slice(0, START)
    const same = this.#byStart.get(start)
    if (same) same.push({ text, apart })
    else this.#byStart.set(start, [{ text, apart }])
  }

  /** How often any of them stands in a text. */
  count(text: string): number {
    let found = 0
    for (let at = 0; at + START <= text.length; at++) {
      if (this.#bits[slotOf(text, at)] === 0) continue
      for (const needle of this.#byStart.get(text.slice(at, at + START)) ?? [])
        if (text.startsWith(needle.text, at) && (!needle.apart || standsApart(text, at, needle.text.length))) found++
    }
    return found
  }
}

const slotOf = (text: string, at: number): number =>
  (Math.imul(text.charCodeAt(at), 0x9e3779b1) ^
    Math.imul(text.charCodeAt(at + 1), 0x85ebca6b) ^
    Math.imul(text.charCodeAt(at + 2), 0xc2b2ae35) ^
    Math.imul(text.charCodeAt(at + 3), 0x27d4eb2f)) >>>
  12

const PART_OF_WORD = /[\p{L}\p{N}]/u

const standsApart = (text: string, at: number, length: number): boolean =>
  !PART_OF_WORD.test(text.charAt(at - 1)) && !PART_OF_WORD.test(text.charAt(at + length))
