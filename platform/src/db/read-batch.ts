import pg from 'pg'
import { serialize } from 'pg-protocol'
import { statementName } from './statement-name.ts'

export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

export interface Answer {
  readonly rows: Record<string, unknown>[]
  rowCount: number | null
}

/** How the rows of one statement are read, as long as its plan lives on a connection. */
interface Shape {
  readonly names: readonly string[]
  readonly parsers: readonly ((text: string) => unknown)[]
}

/** Statements that a connection has prepared for batches, with the shape of their rows. */
const prepared = new WeakMap<pg.Connection, Map<string, Shape>>()

/**
 * Several statements with one Sync behind them: one packet there, one packet back, and one implicit transaction
 * (PostgreSQL documentation, “Pipelining” of the extended query protocol). When one fails, the server skips all that
 * follow it; a fence that goes first therefore holds for the rest, or the rest does not run.
 *
 * A named statement is described once per connection. PostgreSQL refuses to run it with rows of another shape.
 */
export class ReadBatch extends pg.Query {
  readonly #statements: readonly Statement[]
  readonly #names: readonly string[]
  readonly #answers: Answer[] = []
  readonly #done: (error: Error | null, answers: readonly Answer[]) => void
  #known = new Map<string, Shape>()
  #shape: Shape = NO_COLUMNS
  #at = -1
  #fault: Error | null = null
  #settled = false
  /** Whether statements were prepared whose fate is unknown if the batch fails: the connection must not be used again. */
  preparing = false

  constructor(
    statements: readonly Statement[],
    prepare: boolean,
    done: (error: Error | null, answers: readonly Answer[]) => void
  ) {
    super('batch')
    this.#statements = statements
    this.#names = statements.map(({ text }) => (prepare ? `b${statementName(text)}` : ''))
    this.#done = done
    // pg looks for a callback to decide that nobody waits for events.
    Object.assign(this, { callback: () => undefined })
    this.submit = (connection) => this.#send(connection)
  }

  #send(connection: pg.Connection): void {
    let known = prepared.get(connection)
    if (!known) {
      known = new Map()
      prepared.set(connection, known)
    }
    this.#known = known
    const messages: Buffer[] = []
    for (const [index, { text, values }] of this.#statements.entries()) {
      const name = this.#names[index] ?? ''
      const isKnown = name !== '' && known.has(name)
      if (!isKnown) {
        this.preparing = true
        messages.push(serialize.parse({ name, text, types: [] }))
      }
      messages.push(serialize.bind({ statement: name, values: values.map(textOf) }))
      if (!isKnown) messages.push(serialize.describe({ type: 'P' }))
      messages.push(serialize.execute())
    }
    messages.push(serialize.sync())
    const { stream } = connection
    // What several requests ask for in one turn of the event loop is one packet.
    stream.cork()
    stream.write(Buffer.concat(messages))
    setImmediate(() => stream.uncork())
    this.#next()
  }

  #next(): void {
    this.#at += 1
    this.#shape = this.#known.get(this.#names[this.#at] ?? '') ?? NO_COLUMNS
    this.#answers.push({ rows: [], rowCount: null })
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.#shape = {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => pg.types.getTypeParser(dataTypeID))
    }
    const name = this.#names[this.#at]
    if (name) this.#known.set(name, this.#shape)
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const { names, parsers } = this.#shape
    const row: Record<string, unknown> = {}
    try {
      for (let index = 0; index < names.length; index++) {
        const text = fields[index] ?? null
        row[names[index] ?? ''] = text === null ? null : parsers[index]?.(text)
      }
    } catch (error) {
      this.#fault = error instanceof Error ? error : new Error(String(error))
    }
    this.#answers[this.#at]?.rows.push(row)
  }

  handleCommandComplete({ text }: { text: string }): void {
    const answer = this.#answers[this.#at]
    const count = / (\d+)$/.exec(text)?.[1]
    if (answer && count !== undefined) answer.rowCount = Number(count)
    this.#next()
  }

  handleError(error: Error): void {
    this.#settle(error, [])
  }

  handleReadyForQuery(): void {
    this.#settle(this.#fault, this.#answers)
  }

  /** Once: a connection that is given up because it says nothing tells the batch both that and its own end. */
  #settle(error: Error | null, answers: readonly Answer[]): void {
    if (this.#settled) return
    this.#settled = true
    // pg has put the end of its patience there.
    const heard: unknown = Reflect.get(this, 'callback')
    if (typeof heard === 'function') heard()
    this.#done(error, answers)
  }
}

/** A value as PostgreSQL reads it in text form. */
function textOf(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return `{${value.map(elementOf).join(',')}}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function elementOf(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(elementOf).join(',')}}`
  const text = textOf(value)
  return text === null ? 'null' : `"${text.toString().replace(/["\\]/g, '\\$&')}"`
}

const NO_COLUMNS: Shape = { names: [], parsers: [] }
