import type { Item } from '@lyceum/course/contract'
import { useState } from 'react'

/**
 * The item whose content is on the screen. Every reading signs the addresses of files anew; a playing video and a page
 * under somebody's eyes must not be loaded again for that, only when the content is another or its addresses failed.
 */
export function useSteady(item: Item, refetch: () => Promise<Item | undefined>): [Item, () => void] {
  const [steady, setSteady] = useState(item)
  const another = steady.version !== item.version || steady.lock.length !== item.lock.length
  if (another) setSteady(item)
  const renew = () => {
    void refetch().then((fresh) => fresh && setSteady(fresh))
  }
  return [another ? item : steady, renew]
}
