import type { DataRouter } from 'react-router'

/** Resolves when the code of the first page is here, so that nothing is drawn twice. */
export function routed(router: DataRouter): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = router.subscribe(({ initialized }) => initialized && resolve())
  if (router.state.initialized) resolve()
  return promise.finally(stop)
}
