/** One write of which the client keeps the receipt. */
export interface Write {
  readonly what: string
  /** A 2xx answer arrived. */
  acknowledged: boolean
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

  async create(write: Omit<Write, 'acknowledged'>, send: () => Promise<unknown>): Promise<void> {
    const entry: Write = { ...write, acknowledged: false }
    this.writes.push(entry)
    await send()
    entry.acknowledged = true
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
      if (!write.acknowledged && write.retry) {
        await write.retry()
        write.acknowledged = true
        this.#receipts++
      }
      const wrong = await write.check()
      if (wrong) this.#fault(`${write.what}: ${wrong}`, write.acknowledged)
    }
  }

  #fault(words: string, hadReceipt: boolean): void {
    this.faults.push(words)
    if (hadReceipt) this.#lost++
  }
}
