import Type, { type Static, type TSchema } from 'typebox'

/** Closed list of words, as JSON Schema `enum`. */
export const oneOf = <const Words extends readonly string[]>(words: Words, options: { description?: string } = {}) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words], ...options })

/** A value that may be missing on purpose. Primitives become `type: [t, 'null']`, which serialises without a validator. */
export const nullable = <S extends TSchema>(schema: S) => {
  const { type, ...rest }: { type?: unknown; enum?: unknown } = { ...schema }
  if (typeof type !== 'string' || type === 'object' || type === 'array')
    return Type.Unsafe<Static<S> | null>(Type.Union([schema, Type.Null()]))
  const words = Array.isArray(rest.enum) ? { enum: [...rest.enum, null] } : {}
  return Type.Unsafe<Static<S> | null>({ ...rest, ...words, type: [type, 'null'] })
}

export const Id = Type.String({ format: 'uuid', description: 'UUIDv7' })

/** A UTC instant, ISO 8601 with milliseconds and `Z`. */
export const Instant = Type.String({ format: 'date-time', description: 'UTC instant, ISO 8601' })

export const Email = Type.String({ format: 'email', maxLength: 254 })

/** BCP 47 language tag, such as `en` or `ar`. */
export const Locale = Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 35 })

/** IANA time zone name, such as `Europe/Madrid`. */
export const TimeZone = Type.String({ minLength: 1, maxLength: 64 })

/** Text a person typed for others to read: trimmed by the use case, never HTML. */
export const line = (maxLength = 200) => Type.String({ minLength: 1, maxLength })

/** What every list accepts: where to go on, and how many. */
export const pageInput = {
  cursor: Type.Optional(Type.String({ maxLength: 512, description: 'from `nextCursor` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 }))
}

/** One page of a list; `nextCursor` is null on the last. */
export const pageOf = <S extends TSchema>(entry: S) =>
  Type.Object({ entries: Type.Array(entry), nextCursor: nullable(Type.String()) })

export const Nothing = Type.Object({})
export const Done = Type.Object({ done: Type.Literal(true) })

export interface Page<Entry> {
  entries: Entry[]
  nextCursor: string | null
}

/** What went wrong, as RFC 9457 problem details with our stable `code` and the fields at fault. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  requestId: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), code: Type.String(), message: Type.String() })))
})
export type Problem = Static<typeof Problem>
