import pg from 'pg'
import { isRefusedPassword, type Login, MOST_REFUSALS } from './login.ts'

type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void

/**
 * A pool that looks up the address, and the password in it, at every new connection. Where a password is refused because it
 * is being changed, whoever waits for the connection waits a little longer.
 */
export function openPool(login: Login, options: Omit<pg.PoolConfig, 'connectionString' | 'Client'>): pg.Pool {
  const addresses = new WeakMap<Error, string>()

  class Connection extends pg.Client {
    readonly #address: string
    constructor(config?: pg.ClientConfig) {
      const address = login.url
      super({ ...config, connectionString: address })
      this.#address = address
    }
    override connect(): Promise<void>
    override connect(callback: (error: Error) => void): void
    override connect(callback?: (error: Error) => void): Promise<void> | void {
      const remember = (error: unknown): void => {
        if (error instanceof Error) addresses.set(error, this.#address)
      }
      if (callback)
        return super.connect((error) => {
          remember(error)
          callback(error)
        })
      return super.connect().catch((error: unknown) => {
        remember(error)
        throw error
      })
    }
  }

  class Pool extends pg.Pool {
    override connect(): Promise<pg.PoolClient>
    override connect(callback: Connected): void
    override connect(callback?: Connected): Promise<pg.PoolClient> | void {
      if (callback) return this.#connect(callback, 1)
      return new Promise((resolve, reject) => {
        this.#connect((error, client) => {
          if (client) resolve(client)
          else reject(error)
        }, 1)
      })
    }
    #connect(callback: Connected, tried: number): void {
      super.connect((error, client, done) => {
        const refused = error && isRefusedPassword(error) ? addresses.get(error) : undefined
        if (refused === undefined || tried > MOST_REFUSALS) return callback(error, client, done)
        login.refused(refused).then(
          (isAnother) => {
            if (isAnother) this.#connect(callback, tried + 1)
            else callback(error, client, done)
          },
          () => callback(error, client, done)
        )
      })
    }
  }
  return new Pool({ ...options, Client: Connection })
}
