/** A Kubernetes object as it was read: nothing is known of it but that it is one. */
export type Manifest = Readonly<Record<string, unknown>>

/** What stands at a path of names and positions; undefined where the path ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, step) => (typeof found === 'object' && found !== null ? Reflect.get(found, step) : undefined),
    value
  )
}

export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export const kindOf = (manifest: Manifest): string => String(at(manifest, 'kind'))
export const nameOf = (manifest: Manifest): string => String(at(manifest, 'metadata', 'name'))

/** The pod that a workload makes. */
export const podOf = (manifest: Manifest): unknown =>
  kindOf(manifest) === 'CronJob'
    ? at(manifest, 'spec', 'jobTemplate', 'spec', 'template')
    : at(manifest, 'spec', 'template')

/** A copy in which `path` was changed; undefined removes it. */
export function changed(manifest: Manifest, path: readonly (string | number)[], value: unknown): Manifest {
  const copy: Manifest = structuredClone(manifest)
  const parent = at(copy, ...path.slice(0, -1))
  const last = path.at(-1)
  if (typeof parent !== 'object' || parent === null || last === undefined)
    throw new Error(`Nothing at ${path.join('.')} of ${kindOf(manifest)} ${nameOf(manifest)}`)
  if (value === undefined && Array.isArray(parent)) parent.splice(Number(last), 1)
  else if (value === undefined) Reflect.deleteProperty(parent, last)
  else Reflect.set(parent, last, value)
  return copy
}
