import pg from 'pg'
import { isRefusedPassword, type Login, MOST_REFUSALS } from './login.ts'

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void
) => void

/**
 * A pool that looks up the address, and the password in it, at every new connection. Where a password is refused because it
 * is being changed, whoever waits for the connection waits a little longer.
 */
export function openPool(
  login: Pick<Login, 'url' | 'refused'>,
  options: Omit<pg.PoolConfig, 'connectionString' | 'Client'>
): pg.Pool {
  class Connection extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super({ ...config, connectionString: login.url })
    }
  }

  class Pool extends pg.Pool {
    override connect(): Promise<pg.PoolClient>
    override connect(callback: Connected): void
    override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
      if (callback) {
        this.#connect(callback, 1)
        return undefined
      }
      return new Promise((resolve, reject) => {
        this.#connect((error, client) => {
          if (client) resolve(client)
          else reject(error)
        }, 1)
      })
    }
    #connect(callback: Connected, tried: number): void {
      // Whoever waits in the queue may get a later one; then a further try finds out.
      const { url } = login
      super.connect((error, client, done) => {
        if (!isRefusedPassword(error) || tried > MOST_REFUSALS) return callback(error, client, done)
        login.refused(url).then(
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
