import { addressesOf, loginAs } from './hosts.ts'

/** How somebody connects whose password may be changed meanwhile. */
export interface Login {
  /** With the password that is tried now. */
  readonly url: string
  /**
   * A server has refused the password of this address.
   * @returns whether there is another one to try
   */
  refused(url: string): Promise<boolean>
}

/** A password of one login, and the one before while it is being changed. */
export interface Password {
  /** The newest first. */
  readonly candidates: readonly string[]
  exchange(candidates: readonly string[]): void
  /** Looks again at where it is kept. */
  lookAgain(): Promise<void>
}

/** How often an address is tried anew at most: before, while and after PostgreSQL is told the new password. */
export const MOST_REFUSALS = 3

export function createPassword(candidates: readonly string[], lookAgain: () => Promise<void>): Password {
  let known = candidates
  return {
    get candidates() {
      return known
    },
    exchange: (next) => {
      known = next
    },
    lookAgain
  }
}

/** @param url where to connect; the login in it is replaced */
export function createLogin(url: string, user: string, password: Password): Login {
  let chosen = password.candidates[0] ?? ''
  let newest = chosen
  /** Since the place was looked at. */
  const tried = new Set<string>()
  const current = (): string => {
    const [first = ''] = password.candidates
    if (first !== newest) {
      newest = first
      chosen = first
    }
    return chosen
  }
  return {
    get url() {
      return loginAs(url, user, current())
    },
    refused: async (refused) => {
      const given = passwordOf(refused)
      if (given !== current()) return true
      tried.add(given)
      const untried = password.candidates.find((one) => !tried.has(one))
      if (untried !== undefined) {
        chosen = untried
        return true
      }
      await password.lookAgain()
      tried.clear()
      // Somebody else may have chosen while this one was looking.
      if (given === current()) chosen = password.candidates.find((one) => one !== given) ?? chosen
      return current() !== given
    }
  }
}

/** One whose password stays. */
const fixed = (url: string): Login => ({ url, refused: async () => false })

export const asLogin = (login: Login | string): Login => (typeof login === 'string' ? fixed(login) : login)

/** SQLSTATE 28P01, invalid_password; poolers say 28000 or 08P01 with the same words. */
export const isRefusedPassword = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && error.code === '28P01') ||
    /password authentication failed|SASL authentication failed/i.test(error.message))

function passwordOf(url: string): string {
  const [first = url] = addressesOf(url)
  return decodeURIComponent(new URL(first).password)
}
