import fastJson, { type AnySchema } from 'fast-json-stringify'

type Serialize = (answer: unknown) => string

interface Schema {
  readonly [keyword: string]: unknown
  readonly type?: unknown
  readonly const?: unknown
  readonly anyOf?: Schema[]
  readonly properties?: Record<string, Schema>
  readonly required?: string[]
}

/**
 * Writes what the schema names and nothing else. Where a value may be one of several objects, the writer would validate
 * it against each to find out which; as an object that may have the fields of all of them it is written straight away.
 */
export const serializerOf = (schema: object): Serialize =>
  // The library names the keywords of JSON Schema one by one; ours come from TypeBox and are any object.
  fastJson(writable({ ...schema }) as AnySchema)

function writable(schema: Schema): Schema {
  const { anyOf, ...rest } = schema
  // Identifiers and words of a closed list hold nothing that JSON would have to escape.
  if (schema.type === 'string' && (schema.format === 'uuid' || schema.enum !== undefined))
    return { type: 'string', format: 'unsafe' }
  if (anyOf) {
    const branches = anyOf.map(writable)
    const objects = branches.filter((branch) => branch.type === 'object' && branch.properties !== undefined)
    const hasNull = branches.some(({ type }) => type === 'null')
    const merged = objects.length + (hasNull ? 1 : 0) === branches.length ? mergeAll(objects) : undefined
    return merged ? { ...rest, ...merged, ...(hasNull ? { nullable: true } : {}) } : { ...rest, anyOf: branches }
  }
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'properties' && isSchema(value))
        return [
          keyword,
          Object.fromEntries(
            Object.entries(value).map(([name, each]) => [name, isSchema(each) ? writable(each) : each])
          )
        ]
      return [keyword, keyword === 'items' && isSchema(value) ? writable(value) : value]
    })
  )
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** undefined: a field is something else in another branch, and only validating tells which. */
function mergeAll(branches: readonly Schema[]): Schema | undefined {
  const properties: Record<string, Schema> = {}
  for (const branch of branches) {
    for (const [name, schema] of Object.entries(branch.properties ?? {})) {
      const known = properties[name]
      if (known === undefined) properties[name] = schema
      else if (isWord(known) && isWord(schema)) properties[name] = { type: 'string' }
      else if (JSON.stringify(known) !== JSON.stringify(schema)) return undefined
    }
  }
  const [first, ...others] = branches.map(({ required = [] }) => required)
  const required = (first ?? []).filter((name) => others.every((names) => names.includes(name)))
  return { type: 'object', properties, required }
}

const isWord = (schema: Schema): boolean => schema.type === 'string' || typeof schema.const === 'string'
