/** What this test material understands of JSON Schema. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema | readonly Schema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly format?: string
  readonly pattern?: string
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/#\[0-9a-fA-F\]/, '#336699'],
  [/a-z0-9-/, 'example'],
  [/a-z\]\{2,3\}/, 'en'],
  [/0-9/, '1']
]

/** The smallest value a JSON Schema accepts: for asking a route properly when only its address matters. */
export function exampleInput(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf?.[0]) return exampleInput(schema.anyOf[0])
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0]
  if (type === 'object') return exampleObject(schema, () => true)
  if (type === 'array') return exampleArray(schema)
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1
  if (type === 'boolean') return false
  return exampleText(schema)
}

/** Required fields only, of those that are wanted. */
export function exampleObject(
  { properties = {}, required = [] }: Schema,
  wanted: (field: string) => boolean
): Record<string, unknown> {
  return Object.fromEntries(
    required.filter(wanted).flatMap((field) => {
      const schema = properties[field]
      return schema ? [[field, exampleInput(schema)]] : []
    })
  )
}

function exampleArray({ items, minItems = 0 }: Schema): unknown[] {
  if (Array.isArray(items)) return items.map(exampleInput)
  const one: Schema | undefined = items && !('length' in items) ? items : undefined
  return one ? Array.from({ length: minItems }, () => exampleInput(one)) : []
}

function exampleText({ format, pattern, minLength = 1 }: Schema): string {
  if (format === 'uuid') return '01890000-0000-7000-8000-000000000000'
  if (format === 'email') return 'somebody@example.test'
  if (format === 'date') return '2026-01-01'
  if (format === 'date-time') return '2026-01-01T00:00:00.000Z'
  if (pattern !== undefined) return PATTERNS.find(([known]) => known.test(pattern))?.[1] ?? 'x'
  return 'x'.repeat(Math.max(1, minLength))
}
