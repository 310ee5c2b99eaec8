import type pg from 'pg'
import type { Connections } from './connections.ts'
import { type Answer, ReadBatch, type Statement } from './read-batch.ts'
import { isConnectionFault } from './unavailable.ts'

/** Batches on their way over one connection before the next one is used too: a millisecond or two of work. */
const COMFORTABLE = 8
/** And before another connection is taken. */
const CROWDED = 16
/** A connection that has answered nothing for this long is busy with something slow: nobody else should queue behind it. */
const SLOW_MS = 20

type Done = (error: unknown, answers: readonly Answer[]) => void

/** A connection of the pool as long as batches are on their way over it. */
interface Reader {
  readonly client: pg.PoolClient
  readonly release: (error?: Error | boolean) => void
  readonly onError: (error: Error) => void
  inFlight: number
  /** Milliseconds of the process's clock at which the batch now worked on came first. */
  since: number
  /** Prepares a statement: until its fate is known, nobody else may count on that or prepare it again. */
  preparing: ReadBatch | undefined
  fault: Error | undefined
}

/**
 * Sends batches of many requests over a few connections, one behind the other without waiting for answers: every Sync is
 * a transaction of its own, and a server that is woken once for five batches does more than one woken five times.
 */
export class Readers {
  readonly #connections: Pick<Connections, 'pool' | 'isOld'>
  readonly #prepare: boolean
  readonly #readers = new Set<Reader>()

  constructor(connections: Pick<Connections, 'pool' | 'isOld'>, prepare: boolean) {
    this.#connections = connections
    this.#prepare = prepare
  }

  run(statements: readonly Statement[], done: Done): void {
    const reader = this.#pick()
    if (reader) this.#send(reader, statements, done)
    else
      this.#connections.pool.connect((unreachable, client, release) => {
        if (client) this.#send(this.#open(client, release), statements, done)
        else done(unreachable, [])
      })
  }

  #open(client: pg.PoolClient, release: Reader['release']): Reader {
    const reader: Reader = {
      client,
      release,
      onError: (error) => {
        reader.fault = error
      },
      inFlight: 0,
      since: 0,
      preparing: undefined,
      fault: undefined
    }
    client.on('error', reader.onError)
    this.#readers.add(reader)
    return reader
  }

  /** The first that is comfortable, so that what travels together travels in few packets; else the least busy. */
  #pick(): Reader | undefined {
    const now = performance.now()
    let best: Reader | undefined
    for (const reader of this.#readers) {
      if (reader.preparing || reader.fault || reader.inFlight >= CROWDED || now - reader.since > SLOW_MS) continue
      if (this.#connections.isOld(reader.client)) continue
      if (reader.inFlight < COMFORTABLE) return reader
      if (!best || reader.inFlight < best.inFlight) best = reader
    }
    return best
  }

  #send(reader: Reader, statements: readonly Statement[], done: Done): void {
    const { client } = reader
    if (reader.inFlight === 0) reader.since = performance.now()
    reader.inFlight += 1
    const batch = new ReadBatch(statements, this.#prepare, (error, answers) => {
      reader.inFlight -= 1
      reader.since = performance.now()
      if (reader.preparing === batch) reader.preparing = undefined
      if (error !== null && (batch.preparing || isConnectionFault(error))) reader.fault ??= error
      if (reader.inFlight === 0) this.#giveBack(reader)
      done(error, answers)
    })
    client.query(batch)
    if (batch.preparing) reader.preparing = batch
  }

  #giveBack(reader: Reader): void {
    this.#readers.delete(reader)
    reader.client.off('error', reader.onError)
    reader.release(reader.fault ?? this.#connections.isOld(reader.client))
  }
}
