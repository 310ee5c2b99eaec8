import type { Replacement } from '@lyceum/platform/column-policy'
import type { Chance, StandIns } from '@lyceum/platform/stand-ins'
import { createChance } from './chance.ts'
import { replaceHtml } from './html.ts'
import { type Language, type Tongue, tongueOf } from './language.ts'

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
const WHOLE_ID = new RegExp(`^${ID.source}$`, 'i')
const EMAIL = /[^\s@<>"'(),;:/[\]{}]+@[^\s@<>"'(),;:/[\]{}]+\.[^\s@<>"'(),;:/[\]{}.]+/u
const ADDRESS = /[a-z][a-z0-9+]*:\/\/[^\s<>"'“”]+/i
/** What a text is made of; between these stand marks and blanks, which stay. */
const PIECES = new RegExp(
  `(?<id>${ID.source})|(?<address>${ADDRESS.source})|(?<email>${EMAIL.source})|(?<word>\\p{L}[\\p{L}\\p{M}\\u200c]*)|(?<digit>\\p{Nd})`,
  'giu'
)
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const TRIES = 40
/** Rows name the same people and courses over and over. */
const IDS_KEPT = 200_000

export interface StandInOptions {
  /** Random, of this run alone, never written down. */
  readonly key: Buffer
  readonly languages: Readonly<Record<Tongue, Language>>
  /** Below which host names of schools lie: `localhost`, or a domain of the people who try things out. */
  readonly domain: string
  /** Whether somebody is really called so, has that address, lives at that host. */
  readonly isTaken: (name: string) => boolean
  /** Whose an address is, in the real rows: an address is made of the name of its stand-in. */
  readonly nameOf: (email: string) => string | undefined
}

/** What stands in for whom, decided by a key that is forgotten. */
export function createStandIns({ key, languages, domain, isTaken, nameOf }: StandInOptions): StandIns & {
  /** Words that were written: finding one of them again says nothing. */
  readonly vocabulary: ReadonlySet<string>
} {
  const chance = createChance(key)
  const vocabulary = new Set<string>()
  const given = new Map<string, string>()
  const used = new Set<string>()

  /** The first proposal that nobody really has, and no other text was given where each must be another's. */
  const choose = (by: string, value: string, propose: (chance: Chance, attempt: number) => string, unique = false) => {
    const place = `${by}\0${value}`
    const known = given.get(place)
    if (known !== undefined) return known
    const random = chance(by, value)
    let made = propose(random, 0)
    for (let attempt = 1; isTaken(made) || (unique && used.has(`${by}\0${made}`)); attempt++) {
      if (attempt === TRIES) break
      made = propose(random, attempt)
    }
    used.add(`${by}\0${made}`)
    given.set(place, made)
    return made
  }

  const ids = new Map<string, string>()
  const id = (value: string): string => {
    const known = ids.get(value)
    if (known !== undefined) return known
    const random = chance('id', value.toLowerCase())
    const hex = (digits: number) => Array.from({ length: digits }, () => random.whole(16).toString(16)).join('')
    const variant = '89ab'.charAt(random.whole(4))
    // The instant at the front of a UUIDv7 stays, so that rows keep their order.
    const front = value.charAt(14) === '7' ? value.slice(0, 13).toLowerCase() : `${hex(8)}-${hex(4)}`
    const made = `${front}-${value.charAt(14) === '7' ? '7' : '4'}${hex(3)}-${variant}${hex(3)}-${hex(12)}`
    if (ids.size === IDS_KEPT) ids.clear()
    ids.set(value, made)
    return made
  }

  const remember = (word: string): string => {
    for (const part of word.toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u)) vocabulary.add(part)
    return word
  }

  const wordLike = (random: Chance, original: string, tongue: Tongue): string => {
    const own = tongueOf(original)
    // Latin letters alone do not tell a language: the whole text does.
    const language = languages[own === 'en' ? (isLatin(tongue) ? tongue : 'en') : own]
    const length = [...original].length
    let made = ''
    while ([...made].length < length - 3 || made === '') made += random.one(language.words(length - [...made].length))
    return inCaseOf(original, remember(made))
  }

  const text = (value: string): string => {
    const tongue = tongueOf(value.replace(/[^\p{Script=Latin}]/gu, ''))
    const random = chance('text', value)
    return value.replaceAll(PIECES, (piece: string, ...rest: unknown[]) => {
      const groups = readGroups(rest.at(-1))
      if (groups.id) return id(piece)
      if (groups.address) return address(piece)
      if (groups.email) return email(piece)
      return groups.digit ? String(random.whole(10)) : wordLike(random, piece, tongue)
    })
  }

  /** As many names as somebody has, the last of them a family's, of about the same length in all. */
  const name = (value: string): string => {
    const shown = value.normalize('NFC').trim().replace(/\s+/g, ' ')
    const language = languages[tongueOf(shown)]
    const parts = Math.min(4, Math.max(1, shown.split(' ').length))
    return choose('name', shown.toLowerCase(), (random, attempt) => {
      const proposals = Array.from({ length: attempt === 0 ? 6 : 1 }, () =>
        Array.from({ length: parts }, (_, at) =>
          random.one(at === 0 || at < parts - 1 ? language.firstNames : language.lastNames)
        ).join(/^[\p{Script=Han}\p{Script=Hangul}]/u.test(shown) ? '' : ' ')
      )
      return remember(proposals.toSorted((one, other) => away(one, shown) - away(other, shown))[0] ?? 'A')
    })
  }

  const label = (random: Chance, parts: number): string =>
    Array.from({ length: parts }, () => random.one(languages.en.words(4 + random.whole(4))).replace(/[^a-z]/gi, ''))
      .join('-')
      .toLowerCase()

  /** Below `example`, where no mail arrives (RFC 2606). */
  const domainOf = (value: string): string =>
    choose('domain', value.toLowerCase(), (random) => `${remember(label(random, 2))}.example`, true)

  const email = (value: string): string => {
    const folded = value.trim().normalize('NFC').toLowerCase()
    const at = folded.lastIndexOf('@')
    const called = nameOf(folded)
    const own = called === undefined ? undefined : name(called)
    return choose(
      'email',
      folded,
      (random) => {
        const ascii = own
          ?.normalize('NFKD')
          .replace(/\p{M}/gu, '')
          .toLowerCase()
          .replace(/[^a-z ]/g, '')
          .trim()
        const shown = ascii?.includes(' ')
          ? ascii
          : `${random.one(languages.en.firstNames)} ${random.one(languages.en.lastNames)}`.toLowerCase()
        const tail = Array.from({ length: 4 }, () => random.whole(36).toString(36)).join('')
        return `${remember(
          shown
            .replace(/[^a-z ]/g, '')
            .split(' ')
            .join('.')
        )}.${tail}@${domainOf(folded.slice(at + 1))}`
      },
      true
    )
  }

  const host = (value: string): string =>
    value === 'localhost'
      ? value
      : choose('host', value.toLowerCase(), (random) => `${remember(label(random, 2))}.${domain}`, true)

  const slug = (value: string): string =>
    choose('slug', value, (random, attempt) => remember(label(random, attempt > 5 ? 3 : 2)), true)

  const school = (value: string): string => {
    const language = languages[tongueOf(value)]
    const kind = /\p{Script=Arabic}/u.test(value)
      ? (place: string) => `مدرسة ${place}`
      : (place: string) => `${place} School`
    return choose('school', value, (random) => remember(kind(random.one(language.places))))
  }

  /** Other characters of the same kinds in the same places. */
  const token = (value: string): string =>
    choose(
      'token',
      value,
      (random) =>
        value.replace(/[a-z]|[A-Z]|\d|[^\x20-\x7e]/g, (letter) => {
          if (/\d/.test(letter)) return String(random.whole(10))
          const made = LETTERS.charAt(random.whole(26))
          return /[A-Z]/.test(letter) ? made.toUpperCase() : made
        }),
      true
    )

  const segment = (value: string): string => {
    if (WHOLE_ID.test(value)) return id(value)
    const [, base = '', ending = ''] = /^(.*?)(\.[a-z0-9]{1,5})?$/is.exec(decoded(value)) ?? []
    return base === '' ? '' : `${text(base).replaceAll(' ', '-')}${ending}`
  }

  const address = (value: string): string => {
    const inner = /^(?<scheme>file|item):(?<id>[^#?/]+)(?<rest>#.*)?$/i.exec(value)?.groups
    if (inner?.id && WHOLE_ID.test(inner.id))
      return `${inner.scheme}:${id(inner.id)}${inner.rest ? text(inner.rest) : ''}`
    if (/^mailto:/i.test(value)) return `mailto:${email(decoded(value.slice(7)).replace(/\?.*$/s, ''))}`
    if (!ADDRESS.test(value) || !URL.canParse(value)) return value.startsWith('/') ? path(value) : text(value)
    const url = new URL(value)
    const place =
      url.hostname.endsWith('.localhost') || url.hostname === domain ? host(url.hostname) : knownHost(url.hostname)
    const pathname = url.pathname.split('/').map((part) => encodeURIComponent(segment(part)))
    const query = [...url.searchParams].map(([, one], at) => `q${at}=${encodeURIComponent(segment(one))}`)
    return `${url.protocol}//${place}${pathname.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}${url.hash === '' ? '' : `#${encodeURIComponent(segment(url.hash.slice(1)))}`}`
  }
  /** The host of a school leads to that school's stand-in, any other to nobody. */
  const knownHost = (value: string): string => given.get(`host\0${value.toLowerCase()}`) ?? domainOf(value)

  const path = (value: string): string =>
    value
      .split(/([/?#&=])/)
      .map((part) => {
        if (part.length <= 1) return part
        return /^[a-z]+(?:-[a-z]+)*$/.test(part) && part.length <= 24 ? remember(part) : segment(part)
      })
      .join('')

  const fileName = (value: string): string => {
    const [, base = '', ending = ''] = /^(.*?)(\.[a-z0-9]{1,5})?$/is.exec(value) ?? []
    return `${text(base)}${ending}`
  }

  const by: Readonly<Record<Replacement, (value: string) => string>> = {
    id: (value) => value.replace(new RegExp(ID.source, 'gi'), id),
    name,
    school,
    email,
    text,
    html: (value) => replaceHtml(value, { text, address }),
    url: address,
    path,
    host,
    slug,
    'file-name': fileName,
    token
  }
  return { replace: (kind, value) => (value === '' ? value : by[kind](value)), chance, vocabulary }
}

const isLatin = (tongue: Tongue): boolean =>
  ['en', 'es', 'fr', 'de', 'pl', 'tr', 'cs_CZ', 'nb_NO', 'pt_BR'].includes(tongue)

function inCaseOf(original: string, made: string): string {
  if (original.length > 1 && original === original.toUpperCase() && original !== original.toLowerCase())
    return made.toUpperCase()
  const [first = ''] = original
  return first === first.toLowerCase() ? made : `${made.charAt(0).toUpperCase()}${made.slice(1)}`
}

const away = (one: string, other: string): number => Math.abs([...one].length - [...other].length)

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function readGroups(given: unknown): Partial<Record<string, string>> {
  return typeof given === 'object' && given !== null ? given : {}
}
