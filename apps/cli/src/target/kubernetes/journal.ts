import { createHash } from 'node:crypto'
import type { Journals } from '../../release/journal/journal.ts'
import { readEntry } from '../../release/run/entry.ts'
import { labelsOf } from '../../render/kubernetes/labels.ts'
import { at, type Manifest, nameOf } from '../../render/manifest.ts'
import type { KubernetesApi } from './api.ts'

const RUN = 'lyceum-run'
const RUN_NAME = 'lyceum.org/run'
/** Every line rewrites the object it is in, and an object of the API has at most a mebibyte. */
const CHUNK_BYTES = 64 * 1024

/**
 * Journals in ConfigMaps, some for each run, oldest first by their names: whoever may release can go on with what somebody
 * else began, from wherever they are. A write names the version it read, so that no line of two writers is lost.
 */
export function kubernetesJournals(
  api: KubernetesApi,
  { name, namespace }: { readonly name: string; readonly namespace: string }
): Journals {
  const folder = `/api/v1/namespaces/${namespace}/configmaps`
  const labels = labelsOf(name, { name: 'journal' })

  return {
    list: async () => {
      const heads = await api.listHeads(folder, labels)
      const runs = heads.map((head) => String(at(head, 'metadata', 'annotations', RUN_NAME)))
      return [...new Set(runs)].sort()
    },
    open: (run) => {
      const key = createHash('sha256').update(run).digest('hex').slice(0, 16)
      const nameAt = (number: number) => `${name}-journal-${key}-${String(number).padStart(4, '0')}`
      const chunks = async () => {
        const found = await api.list(folder, { ...labels, [RUN]: key })
        return found.sort((one, two) => nameOf(one).localeCompare(nameOf(two)))
      }
      return {
        run,
        append: async (entry) => {
          const line = `${JSON.stringify(entry)}\n`
          for (let tried = 0; ; tried++) {
            const all = await chunks()
            // Written, and the answer was lost on its way.
            if (tried > 0 && all.slice(-2).some((chunk) => linesOf(chunk).includes(line))) return
            const last = all.at(-1)
            const lines = last ? linesOf(last) : ''
            const fits = last !== undefined && Buffer.byteLength(lines + line) <= CHUNK_BYTES
            const done = fits
              ? await api.replace(`${folder}/${nameOf(last)}`, {
                  apiVersion: 'v1',
                  kind: 'ConfigMap',
                  ...last,
                  data: { lines: lines + line }
                })
              : await api.create(folder, {
                  apiVersion: 'v1',
                  kind: 'ConfigMap',
                  metadata: {
                    name: nameAt(all.length + 1),
                    labels: { ...labels, [RUN]: key },
                    annotations: { [RUN_NAME]: run }
                  },
                  data: { lines: line }
                })
            if (done) return
          }
        },
        entries: async () =>
          (await chunks())
            .map(linesOf)
            .join('')
            .split('\n')
            .flatMap((line) => readEntry(line) ?? [])
      }
    }
  }
}

const linesOf = (chunk: Manifest): string => String(at(chunk, 'data', 'lines') ?? '')
