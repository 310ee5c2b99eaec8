import { relative } from 'node:path'
import type { Migration } from '@lyceum/platform/migration'
import { readStatements, type Statement } from '@lyceum/platform/statements'

export interface Finding {
  readonly file: string
  readonly line: number
  readonly rule: string
  readonly message: string
  readonly remedy: string
}

type Fault = Pick<Finding, 'rule' | 'message' | 'remedy'>

/** What would stop the release that still runs, hold a large table, or open a tenant's rows to another tenant. */
export const lintMigrations = (migrations: readonly Migration[]): Finding[] => migrations.flatMap(lintMigration)

export function lintMigration(migration: Migration): Finding[] {
  const statements = readStatements(migration.up)
  const created = new Set(statements.flatMap(({ text }) => createdTable(text) ?? []))
  const at = (line: number, fault: Fault): Finding => ({
    file: relative('.', migration.file),
    line: migration.upLine + line - 1,
    ...fault
  })
  return [
    ...statements.flatMap(({ text, line }) =>
      [
        ...(migration.phase === 'expand' ? breaking(text, created) : []),
        ...indexing(text, created, migration, statements),
        ...(migration.phase === 'backfill' ? filling(text, created, migration) : [])
      ].map((fault) => at(line, fault))
    ),
    ...unguarded(statements).map(({ line, table }) =>
      at(line, {
        rule: 'tenant-table-unguarded',
        message: `${table} has a tenant_id, but no fence: every school could read every row.`,
        remedy: `Add: call platform.guard('${table}', 'lyceum_<module>');`
      })
    ),
    ...(readStatements(migration.down).length === 0
      ? [
          at(1, {
            rule: 'down-missing',
            message: 'There is no way back.',
            remedy: 'Write what undoes it below “-- down”.'
          })
        ]
      : [])
  ]
}

const NAME = String.raw`((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)`
const plain = (name: string): string => name.replaceAll('"', '').toLowerCase()

const createdTable = (text: string): string | undefined => {
  const [, name] =
    new RegExp(`^create\\s+(?:unlogged\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?${NAME}`, 'i').exec(text) ?? []
  return name && plain(name)
}

function breaking(text: string, created: ReadonlySet<string>): Fault[] {
  const words = text.replace(/\s+/g, ' ')
  const dropped = /^drop (table|view|function|procedure|type|schema)\b/i.exec(words)
  if (dropped)
    return [
      {
        rule: 'expand-drops',
        message: `The release that still runs may use this ${dropped[1]}.`,
        remedy: 'Drop it in a later migration of phase “contract”, when no running release needs it.'
      }
    ]
  const [, name] = new RegExp(`^alter table (?:if exists )?(?:only )?${NAME}`, 'i').exec(words) ?? []
  if (name === undefined || created.has(plain(name))) return []
  const faults: [RegExp, Fault][] = [
    [
      /\bdrop (?:column\b|constraint\b|default\b)|\bdrop (?!not null|expression|identity)(?:if exists )?"?\w+"?(?:,|$)/i,
      {
        rule: 'expand-drops',
        message: `The release that still runs may use what is dropped from ${name}.`,
        remedy: 'Drop it in a later migration of phase “contract”.'
      }
    ],
    [
      /\brename\b/i,
      {
        rule: 'expand-renames',
        message: `The release that still runs knows ${name} by its old names.`,
        remedy: 'Add the new name beside the old one, fill it (backfill), and drop the old one in “contract”.'
      }
    ],
    [
      /\balter (?:column )?"?\w+"? (?:set data )?type\b/i,
      {
        rule: 'expand-changes-type',
        message: `Changing a type rewrites ${name} under a lock that stops everybody.`,
        remedy: 'Add a column of the new type, fill it (backfill), and drop the old one in “contract”.'
      }
    ],
    [
      /\balter (?:column )?"?\w+"? set not null\b/i,
      {
        rule: 'expand-requires',
        message: `The release that still runs may write rows without it, and ${name} is read whole under a lock.`,
        remedy: 'Add a check (… is not null) not valid, validate it in “backfill”, and set not null in “contract”.'
      }
    ]
  ]
  const addsRequired = /\badd (?:column )?(?:if not exists )?"?\w+"? [^,]*\bnot null\b[^,]*/i.exec(words)
  return [
    ...faults.filter(([pattern]) => pattern.test(words)).map(([, fault]) => fault),
    ...(addsRequired && !/\bdefault\b|\bgenerated\b/i.test(addsRequired[0])
      ? [
          {
            rule: 'expand-requires',
            message: `The release that still runs does not know this column of ${name}, and its inserts would fail.`,
            remedy: 'Give it a default, or allow null until “contract”.'
          }
        ]
      : [])
  ]
}

function filling(text: string, created: ReadonlySet<string>, { repeats }: Migration): Fault[] {
  const [, table] =
    new RegExp(`^(?:with\\b[\\s\\S]*\\b)?(?:update|delete\\s+from)\\s+(?:only\\s+)?${NAME}`, 'i').exec(text) ?? []
  if (table === undefined || created.has(plain(table)) || (repeats && /\blimit\s+\d+/i.test(text))) return []
  return [
    {
      rule: 'backfill-at-once',
      message: `Every row of ${table} would be held until the last one is filled in, and a crash would begin anew.`,
      remedy:
        'Add the line “-- repeat: until nothing changes” and change some rows at a time: where … in (select … limit 1000).'
    }
  ]
}

function indexing(
  text: string,
  created: ReadonlySet<string>,
  { inTransaction }: Migration,
  statements: readonly Statement[]
): Fault[] {
  const pattern = new RegExp(
    `^create\\s+(?:unique\\s+)?index\\s+(concurrently\\s+)?(?:if\\s+not\\s+exists\\s+)?(?:(?!on\\b)${NAME}\\s+)?on\\s+(?:only\\s+)?${NAME}`,
    'i'
  )
  const [, concurrently, index = '', table = ''] = pattern.exec(text) ?? []
  if (table === '' || created.has(plain(table))) return []
  if (concurrently === undefined)
    return [
      {
        rule: 'index-locks-table',
        message: `Nobody could write to ${table} while this index is built.`,
        remedy: 'Use create index concurrently, in a migration of its own with the line “-- transaction: none”.'
      }
    ]
  const faults: Fault[] = []
  if (inTransaction)
    faults.push({
      rule: 'index-in-transaction',
      message: 'PostgreSQL builds no index concurrently inside a transaction.',
      remedy: 'Give the index a migration of its own with the line “-- transaction: none” below the phase.'
    })
  const others = statements.filter((one) => !/^(?:create|drop)\s+(?:unique\s+)?index\s+concurrently\b/i.test(one.text))
  if (others.length > 0)
    faults.push({
      rule: 'index-not-alone',
      message: 'Without a transaction a crash leaves half of this migration done.',
      remedy: 'Move everything but the index to another migration.'
    })
  const cleared = statements.some((one) =>
    new RegExp(`^drop\\s+index\\s+concurrently\\s+if\\s+exists\\s+(?:\\w+\\.)?"?${plain(index)}"?$`, 'i').test(one.text)
  )
  if (!cleared)
    faults.push({
      rule: 'index-not-repeatable',
      message: 'A build that was broken off leaves an invalid index behind, and running this again would fail.',
      remedy: `Write before it: drop index concurrently if exists <schema>.${plain(index)};`
    })
  return faults
}

function unguarded(statements: readonly Statement[]): { line: number; table: string }[] {
  const fenced = new Set(
    statements.flatMap(({ text }) => {
      const loop = /^do\b/i.test(text) && /enable row level security/i.test(text)
      // A loop over names fences each of them.
      const pattern = loop ? /'(\w+\.\w+)'/g : /platform\.guard\(\s*'([^']+)'/gi
      const guarded = [...text.matchAll(pattern)].map(([, table = '']) => plain(table))
      const [, policied] = new RegExp(`^create\\s+policy\\s+\\S+\\s+on\\s+${NAME}`, 'i').exec(text) ?? []
      return policied === undefined ? guarded : [...guarded, plain(policied)]
    })
  )
  return statements.flatMap(({ text, line }) => {
    const table = createdTable(text)
    return table !== undefined && /\btenant_id\b/i.test(text) && !fenced.has(table) ? [{ line, table }] : []
  })
}
