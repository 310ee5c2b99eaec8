import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { SharedMemory } from '../redis/redis.ts'

/** Something of a school that costs more to make than to fetch, and that lets nobody in who should not be. */
export interface CacheKind<Schema extends TSchema = TSchema> {
  readonly name: string
  /** Counted up when older releases cannot read the value any more. Fields may be added freely: they are not looked at. */
  readonly v: number
  readonly value: Schema
  /** Longest life of a value, even if nobody says that it changed. */
  readonly seconds: number
}

export const defineCached = <const Schema extends TSchema>(kind: CacheKind<Schema>): CacheKind<Schema> => kind

/**
 * Values made once and fetched by all processes. PostgreSQL stays the truth: a cache that is away, slow or full of nonsense
 * only means that values are made again.
 */
export interface Cache {
  /** The value as it was kept, or else made now and kept; made once also when many ask for it at the same moment. */
  get<Schema extends TSchema>(
    kind: CacheKind<Schema>,
    tenantId: string,
    make: () => Promise<Static<Schema>>
  ): Promise<Static<Schema>>
  /** What was made, or is being made, from before this moment is not given to anybody any more. */
  forget(kind: CacheKind, tenantId: string): Promise<void>
  /** Of one school, or of all. @returns how many values went; undefined where they cannot be reached */
  clear(tenantId?: string): Promise<number | undefined>
}

/** What became of one look. `shared`: somebody was making the value already; `forgotten`: it changed, so it went. */
export type CacheOutcome = 'hit' | 'miss' | 'shared' | 'error' | 'forgotten'

/** Lives differ by this share, so that what was made together does not end together. */
const JITTER = 0.2
/** How long one process may be making a value before another makes it too. */
const MAKING_MS = 3_000
const LOOK_EVERY_MS = 25
/** A count of changes is kept longer than any value. */
const CHANGES_SECONDS = 24 * 60 * 60

/** Keeps what was made only if nothing was forgotten since it began to be made. */
const KEEP = `
if (redis.call('get', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`
const FORGET = `
redis.call('incr', KEYS[2])
redis.call('expire', KEYS[2], ARGV[1])
return redis.call('unlink', KEYS[1])`
const LEAVE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`

/**
 * @param memory undefined without Redis: then values are made each time, but once for all who ask together
 * @param count hears what became of every look
 */
export function createCache(
  memory: SharedMemory | undefined,
  count: (kind: string, outcome: CacheOutcome) => void = () => undefined
): Cache {
  const making = new Map<string, Promise<unknown>>()
  const validators = new WeakMap<TSchema, Validator>()
  const validatorOf = (schema: TSchema): Validator => {
    const known = validators.get(schema) ?? Compile(schema)
    validators.set(schema, known)
    return known
  }

  const look = async (kind: CacheKind, names: Names): Promise<Looked> => {
    const found = await memory?.ask((redis) => redis.mget(names.value, names.changes))
    if (!found) return { reached: false }
    const [text, changes] = found
    const value = text === null || text === undefined ? undefined : parse(text)
    const fits = value !== undefined && validatorOf(kind.value).Check(value)
    if (!fits && text !== null && text !== undefined) count(kind.name, 'error')
    return { reached: true, changes: changes ?? '0', ...(fits ? { value } : {}) }
  }

  const makeOnce = async <Value>(kind: CacheKind, names: Names, make: () => Promise<Value>): Promise<unknown> => {
    const started = performance.now()
    const own = randomUUID()
    for (;;) {
      const looked = await look(kind, names)
      if ('value' in looked) {
        count(kind.name, 'hit')
        return looked.value
      }
      if (!memory || !looked.reached) {
        count(kind.name, memory ? 'error' : 'miss')
        return make()
      }
      const mine = await memory.ask((redis) => redis.set(names.making, own, 'PX', MAKING_MS, 'NX'))
      if (mine === null && performance.now() - started < MAKING_MS) {
        await sleep(LOOK_EVERY_MS)
        continue
      }
      count(kind.name, 'miss')
      try {
        const value = await make()
        const life = Math.ceil(kind.seconds * 1000 * (1 - JITTER * Math.random()))
        const text = JSON.stringify(value)
        await memory.ask((redis) => redis.eval(KEEP, 2, names.value, names.changes, looked.changes, text, life))
        return value
      } finally {
        await memory.ask((redis) => redis.eval(LEAVE, 1, names.making, own))
      }
    }
  }

  return {
    get: async (kind, tenantId, make) => {
      const names = namesOf(kind, tenantId)
      const joined = making.get(names.value)
      if (joined) count(kind.name, 'shared')
      const value = joined ?? makeOnce(kind, names, make).finally(() => making.delete(names.value))
      making.set(names.value, value)
      // Made by this release, or checked against its schema.
      return (await value) as never
    },
    forget: async (kind, tenantId) => {
      const names = namesOf(kind, tenantId)
      count(kind.name, 'forgotten')
      making.delete(names.value)
      await memory?.ask((redis) => redis.eval(FORGET, 2, names.value, names.changes, CHANGES_SECONDS))
    },
    clear: async (tenantId) => {
      let gone = 0
      let cursor = '0'
      do {
        const page = await memory?.ask((redis) =>
          redis.scan(cursor, 'MATCH', `lyceum:cache:${tenantId ?? '*'}:value:*`, 'COUNT', 500)
        )
        if (!page) return undefined
        const [next, keys] = page
        cursor = next
        const names = keys.map((key) => key.slice('lyceum:'.length))
        if (names.length > 0) gone += (await memory?.ask((redis) => redis.unlink(...names))) ?? 0
      } while (cursor !== '0')
      return gone
    }
  }
}

type Looked =
  | { readonly reached: false }
  | { readonly reached: true; readonly changes: string; readonly value?: unknown }

interface Names {
  readonly value: string
  readonly changes: string
  readonly making: string
}

const namesOf = ({ name, v }: CacheKind, tenantId: string): Names => ({
  value: `cache:${tenantId}:value:${name}:${v}`,
  changes: `cache:${tenantId}:changes:${name}:${v}`,
  making: `cache:${tenantId}:making:${name}:${v}`
})

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
