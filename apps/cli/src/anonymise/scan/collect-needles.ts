import type { CatalogTable } from '@lyceum/platform/catalog'
import type { ColumnPolicy, Columns, Replacement } from '@lyceum/platform/column-policy'
import { decodeHTML } from 'entities'
import { foldLoosely } from './fold.ts'
import type { Needles } from './needles.ts'
import { type Rows, readRows } from './read-rows.ts'

export interface Collected {
  /** Words of columns that stay as they are. */
  readonly kept: Set<string>
  /** Whose an e-mail address is, by the rows in which both stand. */
  readonly names: ReadonlyMap<string, string>
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
/** Letters and digits without blanks; words of the product have no digits in them. */
const LIKE_A_SECRET = /^(?=.*\d)(?=.*[a-z])(?!.*@)[\w.+/=$-]{16,}$/i

const isCode = (policy: ColumnPolicy | 'emptied' | undefined): boolean =>
  typeof policy === 'object' && ((policy.kind === 'kept' && policy.code === true) || policy.kind === 'derived')

/** Reads a whole copy before anything is changed, and remembers everybody who is in it. */
export async function collectNeedles(
  rows: Rows,
  catalog: readonly CatalogTable[],
  columns: Columns,
  needles: Needles
): Promise<Collected> {
  const kept = new Set<string>()
  const names = new Map<string, string>()
  for (const table of catalog) {
    const policy = columns[table.name]
    const policies = table.columns.map(({ name }): ColumnPolicy | 'emptied' | undefined =>
      policy === undefined ? undefined : 'emptied' in policy ? 'emptied' : policy.columns[name]
    )
    const find = (by: string) =>
      policies.findIndex((one) => typeof one === 'object' && one.kind === 'replaced' && one.by === by)
    const [nameAt, emailAt] = [find('name'), find('email')]
    await readRows(rows, table, (batch) => {
      for (const row of batch) {
        const [name, email] = [row[nameAt], row[emailAt]]
        if (typeof name === 'string' && typeof email === 'string')
          names.set(email.trim().normalize('NFC').toLowerCase(), name)
      }
      for (const [at, column] of table.columns.entries()) {
        const values = new Set(batch.flatMap((row) => row[at] ?? []))
        for (const value of values) {
          if (column.type.startsWith('uuid')) for (const [id] of value.matchAll(ID)) needles.addId(id)
          else if (!/^(?:boolean|timestamp|date|time|double|numeric|real)/.test(column.type)) {
            const policy = policies[at]
            needles.mine(value)
            // Whatever its column is said to be: what looks like a secret is looked for.
            if (LIKE_A_SECRET.test(value) && !isCode(policy)) needles.addToken(value)
            remember(policy, value, needles, kept)
          }
        }
      }
    })
  }
  return { kept, names }
}

function remember(
  policy: ColumnPolicy | 'emptied' | undefined,
  value: string,
  needles: Needles,
  kept: Set<string>
): void {
  // What stands in tables that are emptied is found by its kind.
  if (policy === undefined || policy === 'emptied') return
  if (policy.kind === 'kept') for (const word of foldLoosely(value).trim().split(' ')) kept.add(word)
  else if (policy.kind === 'gone') needles.addToken(value)
  else if (policy.kind === 'json') rememberJson(JSON.parse(value), '', policy.paths, needles, kept)
  else if (policy.kind === 'replaced') rememberReplaced[policy.by](needles, value)
}

const rememberReplaced: Readonly<Record<Replacement, (needles: Needles, value: string) => void>> = {
  name: (needles, value) => needles.addName(value),
  school: (needles, value) => needles.addName(value),
  slug: (needles, value) => needles.addName(value),
  email: (needles, value) => needles.addEmail(value),
  host: (needles, value) => needles.addHost(value),
  token: (needles, value) => needles.addToken(value),
  text: (needles, value) => needles.addText(value),
  'file-name': (needles, value) => needles.addText(value),
  url: (needles, value) => needles.addText(value),
  html: (needles, value) => {
    // Tags stay, so what goes across them means nothing.
    for (const piece of value.split(/<[^>]*>/)) needles.addText(decodeHTML(piece))
  },
  id: (needles, value) => needles.addId(value),
  path: (needles, value) => {
    for (const [id] of value.matchAll(ID)) needles.addId(id)
  }
}

function rememberJson(
  value: unknown,
  path: string,
  paths: Readonly<Record<string, ColumnPolicy>>,
  needles: Needles,
  kept: Set<string>
): void {
  if (Array.isArray(value)) for (const one of value) rememberJson(one, path, paths, needles, kept)
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value))
      rememberJson(member, path === '' ? name : `${path}.${name}`, paths, needles, kept)
  else if (typeof value === 'string')
    remember(
      paths[path] ?? paths[path.replace(/[^.]+$/, '*')] ?? { kind: 'replaced', by: 'text' },
      value,
      needles,
      kept
    )
}
