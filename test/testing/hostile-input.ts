import fc, { type Arbitrary } from 'fast-check'
import { exampleInput, type Schema } from './example-input.ts'

/** Text that has broken software before: for databases, for JSON, for HTML, for readers from right to left. */
const UNREADABLE = ['\u0000', 'a\u0000b', '\ud800', 'half an emoji \ud83d', '\udc00\ud800']
const NASTY = [
  '',
  ' ',
  '\u202egnirts',
  '\ufeff',
  '\ufffe\uffff',
  'İıſK',
  "'; drop table course.course; --",
  '%_%\\',
  '\\u0000',
  '{"a":1}',
  '<script>alert(1)</script>',
  '<p>'.repeat(3_000),
  '../../etc/passwd',
  '-1',
  'NaN',
  '1e400',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  'e\u0301'.repeat(90),
  '👩‍👩‍👧‍👦'.repeat(20),
  '0'.repeat(19),
  '9'.repeat(19)
]

const INSTANTS = [
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '2016-12-31T23:59:60Z',
  '2024-02-29T00:00:00+23:59',
  '2026-02-29T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '9999-12-31T23:59:59-23:59',
  '2026-01-01t00:00:00z',
  '2026-01-01 00:00:00Z'
]

const NUMBERS = [0, -0, -1, 1, 0.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53, 1e21, 1e308, -1e308, 5e-324]

const EMAILS = ["o'hara+%00@example.test", `${'a'.repeat(64)}@${'b.'.repeat(80)}test`, '--@x.test', 'İ@example.test']

/** Anything that JSON can say. */
const garbage: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], ...NUMBERS, ...NASTY, ...UNREADABLE),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom('toString', 'constructor', 'length', 'then', 'toJSON', '\u0000'), fc.jsonValue(), {
    maxKeys: 3
  }),
  fc.integer({ min: 1, max: 200 }).map(nested),
  fc.constantFrom(1_000, 70_000).map((length) => 'x'.repeat(length))
)

/** A value that mostly fits the schema, as badly as it can, and sometimes does not fit at all. */
export function hostileInput(schema: Schema, ids: readonly string[]): Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: fitting(schema, ids) }, { weight: 1, arbitrary: garbage })
}

/** The fields of an object that are wanted: most often one of them hostile among good ones, sometimes all of them. */
export function hostileObject(
  { properties = {}, required = [] }: Schema,
  ids: readonly string[],
  wanted: (field: string) => boolean = () => true
): Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(properties).filter(([field]) => wanted(field))
  const requiredKeys = required.filter(wanted)
  const good = Object.fromEntries(fields.map(([field, schema]) => [field, goodInput(schema, ids)]))
  const bad = Object.fromEntries(fields.map(([field, schema]) => [field, hostileInput(schema, ids)]))
  const spoilt = fields.map(([field, schema]) => fc.record({ [field]: fitting(schema, ids) }))
  const among = fc.tuple(fc.record(good, { requiredKeys }), spoilt.length > 0 ? fc.oneof(...spoilt) : fc.constant({}))
  return fc.oneof(
    { weight: 8, arbitrary: among.map(([all, one]) => ({ ...all, ...one })) },
    { weight: 2, arbitrary: fc.record(bad, { requiredKeys }) },
    { weight: 1, arbitrary: fc.record(bad, { requiredKeys: [] }) }
  )
}

function goodInput(schema: Schema, ids: readonly string[]): Arbitrary<unknown> {
  if (schema.format === 'uuid') return fc.constantFrom(...ids)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((option) => goodInput(option, ids)))
  if (schema.type === 'object' && schema.properties) {
    const { properties, required = [] } = schema
    const model = Object.fromEntries(Object.entries(properties).map(([field, inner]) => [field, goodInput(inner, ids)]))
    return fc.record(model, { requiredKeys: [...required] })
  }
  if (schema.type === 'array' && schema.items && !('length' in schema.items))
    return fc.array(goodInput(schema.items, ids), { minLength: Math.max(1, schema.minItems ?? 0), maxLength: 4 })
  return fc.constant(exampleInput(schema))
}

function fitting(schema: Schema, ids: readonly string[]): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((option) => hostileInput(option, ids)))
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  return fc.oneof(...types.map((type) => ofType(type, schema, ids)))
}

function ofType(type: string, schema: Schema, ids: readonly string[]): Arbitrary<unknown> {
  const { minimum = -1e9, maximum = 2 ** 53 } = schema
  if (type === 'object')
    return schema.properties
      ? hostileObject(schema, ids)
      : fc.dictionary(fc.constantFrom(...NASTY), fc.constantFrom(...NASTY))
  if (type === 'array') return arrays(schema, ids)
  if (type === 'integer') return fc.constantFrom(minimum, maximum, minimum - 1, maximum + 1, Math.ceil(minimum) + 1)
  if (type === 'number')
    return fc.oneof(fc.constantFrom(minimum, maximum, ...NUMBERS), fc.double({ min: minimum, noNaN: true }))
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  return texts(schema, ids)
}

function arrays({ items, minItems = 0, maxItems = 60 }: Schema, ids: readonly string[]): Arbitrary<unknown> {
  if (Array.isArray(items)) return fc.tuple(...items.map((item: Schema) => hostileInput(item, ids)))
  const one: Schema = items && !('length' in items) ? items : {}
  const element = hostileInput(one, ids)
  return fc.oneof(
    { weight: 9, arbitrary: fc.array(element, { minLength: minItems, maxLength: Math.max(minItems, 3) }) },
    { weight: 1, arbitrary: element.map((same) => Array.from({ length: Math.min(maxItems, 200) + 1 }, () => same)) }
  )
}

function texts(
  { format, pattern, minLength = 0, maxLength = 1_000 }: Schema,
  ids: readonly string[]
): Arbitrary<string> {
  const long = Math.min(maxLength, 300_000)
  const any = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...NASTY) },
    fc.constantFrom(...UNREADABLE),
    fc.string({ unit: 'binary', minLength, maxLength: Math.min(long, minLength + 40) }),
    fc.constantFrom('x'.repeat(long), '漢'.repeat(long), `x${'\u0301'.repeat(long - 1)}`)
  )
  if (format === 'uuid')
    return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...ids) }, { weight: 3, arbitrary: fc.uuid() }, any)
  if (format === 'date')
    return fc.oneof(
      fc.constantFrom('2026-01-01', '2028-02-29', '2026-02-29', '0000-01-01', '9999-12-31', '2026-13-45', ''),
      any
    )
  if (format === 'date-time')
    return fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...INSTANTS) },
      { weight: 2, arbitrary: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()) },
      any
    )
  if (format === 'email')
    return fc.oneof(
      { weight: 4, arbitrary: fc.emailAddress() },
      { weight: 2, arbitrary: fc.constantFrom(...EMAILS) },
      any
    )
  if (pattern !== undefined)
    return fc.oneof({ weight: 5, arbitrary: fc.stringMatching(new RegExp(pattern)) }, { weight: 1, arbitrary: any })
  return any
}

function nested(depth: number): unknown {
  let value: unknown = 'bottom'
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value }
  return value
}
