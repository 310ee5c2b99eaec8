import { ProblemError } from '@lyceum/client'

/** One write of which the client keeps the receipt. */
export interface Write {
  readonly what: string
  /** When a 2xx answer arrived, by the clock of `performance.now`; null until then. */
  acknowledgedAt: number | null
  /** Sends the very same request again, with its idempotency key; only for writes that carry one. */
  readonly retry?: () => Promise<unknown>
  /** Reads it back. @returns what is wrong, in words */
  readonly check: () => Promise<string | undefined>
}

/** What the client knows about a value that is written again and again: the last receipt, and what was sent after it. */
export interface Register<Value> {
  acknowledged: Value
  sent: Value[]
}

/** The client's side of the story, against which the server is held after every kill. */
export class Ledger {
  readonly writes: Write[] = []
  readonly faults: string[] = []
  /** When the receipts were given for creations that were not there afterwards. */
  readonly lostReceipts: number[] = []
  #receipts = 0
  #lost = 0

  /** Receipts so far, of creations and of changes. */
  get acknowledged(): number {
    return this.#receipts
  }

  /** Receipts whose write was not there afterwards. */
  get lost(): number {
    return this.#lost
  }

  async create(write: Omit<Write, 'acknowledgedAt'>, send: () => Promise<unknown>): Promise<void> {
    const entry: Write = { ...write, acknowledgedAt: null }
    this.writes.push(entry)
    await send()
    entry.acknowledgedAt = performance.now()
    this.#receipts++
  }

  async change<Value>(register: Register<Value>, value: Value, send: () => Promise<unknown>): Promise<void> {
    register.sent.push(value)
    await send()
    register.acknowledged = value
    register.sent = []
    this.#receipts++
  }

  /** What stands there must be the last value with a receipt, or one sent after it. */
  compare<Value>(what: string, register: Register<Value>, found: Value): void {
    if (register.acknowledged !== found && !register.sent.includes(found))
      this.#fault(`${what}: acknowledged ${String(register.acknowledged)}, found ${String(found)}`, true)
    register.acknowledged = found
    register.sent = []
  }

  /** Sends what was left without a receipt again, and reads everything from `from` on back. */
  async settle(from = 0): Promise<void> {
    for (const write of this.writes.slice(from)) {
      const { acknowledgedAt } = write
      const wrong = await this.#readBack(write).catch(whereMissing)
      if (!wrong) continue
      this.#fault(`${write.what}: ${wrong}`, write.acknowledgedAt !== null)
      if (acknowledgedAt !== null) this.lostReceipts.push(acknowledgedAt)
    }
  }

  async #readBack(write: Write): Promise<string | undefined> {
    if (write.acknowledgedAt === null && write.retry) {
      await write.retry()
      write.acknowledgedAt = performance.now()
      this.#receipts++
    }
    return write.check()
  }

  #fault(words: string, hadReceipt: boolean): void {
    this.faults.push(words)
    if (hadReceipt) this.#lost++
  }
}

/** What it hangs on may be lost as well. */
function whereMissing(error: unknown): string {
  if (error instanceof ProblemError && error.status === 404) return 'is not there'
  throw error
}
