const RENEWED_AT = 'lyceum.refreshed-at'

let underway: Promise<boolean> | undefined

/** Ends when no renewal that this page began is on its way; requests before that would only be refused. */
export const renewalDone = async (): Promise<void> => void (await underway?.catch(() => undefined))

/**
 * Renews the sign-in, one renewal at a time over all tabs: a refresh token is good once, and using it twice would end the
 * sign-in.
 * @param neededAt when it turned out that it is needed; one that happened since serves as well
 * @param post asks the server and answers with its status
 */
export function renew(neededAt: number, post: () => Promise<number>): Promise<boolean> {
  const renewal = exclusively('lyceum.refresh', async () => {
    if (Number(localStorage.getItem(RENEWED_AT)) > neededAt) return true
    if ((await post()) !== 200) return false
    localStorage.setItem(RENEWED_AT, String(Date.now()))
    return true
  })
  underway = renewal
  return renewal
}

let queue: Promise<unknown> = Promise.resolve()

/** Web locks need a secure context; on plain http inside a school's network the order within this tab is kept at least. */
function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  if ('locks' in navigator) return navigator.locks.request(name, work)
  const result = queue.then(work, work)
  queue = result.catch(() => undefined)
  return result
}
