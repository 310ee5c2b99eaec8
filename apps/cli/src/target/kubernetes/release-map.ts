import { readFileSync } from 'node:fs'
import { labelsOf } from '../../render/kubernetes/labels.ts'
import { at, type Manifest } from '../../render/manifest.ts'
import { type ImageRelease, readImageRelease } from '../image-release.ts'
import { TargetRefused } from '../target-refused.ts'
import type { KubernetesApi } from './api.ts'

/** The ConfigMap that says which image each release is: a name for people, a digest for machines. */
export function releaseMap(
  api: KubernetesApi,
  { name, namespace }: { readonly name: string; readonly namespace: string }
) {
  const folder = `/api/v1/namespaces/${namespace}/configmaps`
  const path = `${folder}/${name}-releases`

  const entries = async (): Promise<{
    readonly map: Manifest | undefined
    readonly data: Readonly<Record<string, string>>
  }> => {
    const map = await api.find(path)
    const data = Object.entries(Object(at(map, 'data'))).map(([release, text]) => [release, String(text)] as const)
    return { map, data: Object.fromEntries(data) }
  }
  /** Writes the map with one entry changed, again where somebody else was faster. */
  const write = async (edit: (data: Readonly<Record<string, string>>) => Readonly<Record<string, string>>) => {
    for (;;) {
      const { map, data } = await entries()
      const after = edit(data)
      const made = map
        ? await api.replace(path, { ...map, data: after })
        : await api.create(folder, {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: `${name}-releases`, labels: labelsOf(name, { name: 'releases' }) },
            data: after
          })
      if (made) return
    }
  }

  return {
    /** Newest first. */
    list: async (): Promise<ImageRelease[]> => {
      const { data } = await entries()
      return Object.values(data)
        .map((text) => ({ added: String(at(JSON.parse(text), 'added')), release: readImageRelease(text, path) }))
        .sort((one, two) => two.added.localeCompare(one.added))
        .map(({ release }) => release)
    },
    describe: async (release: string): Promise<unknown> => {
      const text = (await entries()).data[release]
      if (text === undefined) throw unknownRelease(release)
      return JSON.parse(text)
    },
    add: async (source: string, now: Date): Promise<ImageRelease> => {
      const given = readFileSync(source, 'utf8')
      const release = readImageRelease(given, source)
      await write((data) => {
        if (release.name in data)
          throw new TargetRefused(
            'target.release-exists',
            `There is a release ${release.name} already. A release never changes: build it under another name.`
          )
        return { ...data, [release.name]: JSON.stringify({ ...JSON.parse(given), added: now.toISOString() }) }
      })
      return release
    },
    remove: (release: string) => write(({ [release]: _, ...others }) => others)
  }
}

export const unknownRelease = (release: string): TargetRefused =>
  new TargetRefused(
    'target.release-unknown',
    `No image is known for ${release}. Add it: lyceum releases add release.json`
  )
