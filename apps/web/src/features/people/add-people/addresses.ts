/** Somebody named in pasted text; `email` is what was typed when it is not an address. */
export interface Addressee {
  readonly email: string
  readonly name: string
  readonly valid: boolean
}

const LONGEST_ADDRESS = 254
const ADDRESS = /^[^\s@<>(),;:"[\]\\]+@[^\s@.<>(),;:"[\]\\]+(?:\.[^\s@.<>(),;:"[\]\\]+)+$/

/**
 * People out of text as mail programs, spreadsheets and humans write it: `ana@x.org, bo@x.org`,
 * `"Ng, Ana" <ana@x.org>; Bo <bo@x.org>`, a column of names beside a column of addresses, one per line. What is no
 * address is kept, so that it can be shown and corrected. Each address appears once.
 */
export function parseAddresses(text: string): Addressee[] {
  const found = new Map<string, Addressee>()
  for (const line of text.split(/[\r\n]+/)) {
    for (const person of ofLine(line)) {
      const key = person.email.toLowerCase()
      const before = found.get(key)
      if (!before || (before.name === '' && person.name !== '')) found.set(key, person)
    }
  }
  return [...found.values()]
}

export const isAddress = (text: string): boolean => text.length <= LONGEST_ADDRESS && ADDRESS.test(text)

function ofLine(line: string): Addressee[] {
  const entries = joined(pieces(line, line.includes(';') ? ';' : ','))
  const words = entries.flatMap((entry) => entry.split(/[\s,]+/)).filter((word) => word !== '')
  const addresses = words.filter((word) => word.includes('@'))
  // One address on a line: everything beside it is the person's name, in whichever column it stands.
  if (addresses.length === 1 && !line.includes('<')) {
    const [address = ''] = addresses
    return [addressee(address, words.filter((word) => word !== address).join(' '))]
  }
  return entries.flatMap(ofEntry)
}

/** Parts between separators, but not inside quotes or angle brackets. */
const pieces = (line: string, separator: ';' | ','): string[] =>
  [...line.matchAll(separator === ';' ? /(?:"[^"]*"|<[^>]*>|[^;\t])+/g : /(?:"[^"]*"|<[^>]*>|[^,\t])+/g)]
    .map(([piece]) => piece.trim())
    .filter((piece) => /[\p{L}\p{N}]/u.test(piece))

/** `Ng, Ana <ana@x.org>`: a comma between the names of one person separates nothing. */
function joined(parts: readonly string[]): string[] {
  const result: string[] = []
  let waiting: string[] = []
  for (const part of parts) {
    if (!part.includes('@')) waiting.push(part)
    else {
      if (waiting.length > 0 && part.includes('<'))
        result.push(`"${[...waiting, nameOf(part)].join(', ')}" ${tail(part)}`)
      else result.push(...waiting, part)
      waiting = []
    }
  }
  return [...result, ...waiting]
}

const nameOf = (part: string): string => part.slice(0, part.indexOf('<')).replaceAll('"', '').trim()
const tail = (part: string): string => part.slice(part.indexOf('<'))

function ofEntry(entry: string): Addressee[] {
  const named = /^(.*?)<([^<>]*)>/.exec(entry)
  if (named) return [addressee(named[2] ?? '', nameInOrder(named[1] ?? ''))]
  const words = entry.split(/\s+/)
  const addresses = words.filter((word) => word.includes('@'))
  if (addresses.length === 0) return [{ email: entry, name: '', valid: false }]
  return addresses.map((address) => addressee(address, ''))
}

/** "Ng, Ana" → "Ana Ng" */
function nameInOrder(written: string): string {
  const name = written.replaceAll('"', '').replace(/\s+/g, ' ').trim()
  const [last = '', first, ...rest] = name.split(/\s*,\s*/)
  return first && rest.length === 0 ? `${first} ${last}` : name
}

function addressee(written: string, name: string): Addressee {
  const email = written
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/^[("'<[]+|[)"'>\].,;:!?]+$/g, '')
  return { email, name: name.replaceAll('"', '').replace(/\s+/g, ' ').trim(), valid: isAddress(email) }
}
