import { createStore, promisifyRequest, set, values } from 'idb-keyval'
import type { Kept, ReportStore } from './report-queue.ts'

const DATABASE = 'lyceum-study'

/** Reports in IndexedDB, which outlives the tab and the browser. */
export function createReportStore(): ReportStore {
  const store = createStore(DATABASE, 'reports')
  return {
    all: () => values<Kept>(store),
    put: (kept) => set(kept.key, kept, store),
    remove: (key, revision) =>
      // One transaction, because another tab may be adding to the same report.
      store('readwrite', async (reports) => {
        const stored = await promisifyRequest<Kept | undefined>(reports.get(key))
        if (stored?.revision === revision) await promisifyRequest(reports.delete(key))
      })
  }
}
