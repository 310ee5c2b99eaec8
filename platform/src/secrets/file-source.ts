import { chmodSync, chownSync, existsSync, statSync } from 'node:fs'
import { replaceFile } from './home-source.ts'
import { besideFile, companionsOf } from './names.ts'
import { reasonOf, type SecretSource, SecretsRefused } from './source.ts'

/** The file that `<NAME>_FILE` names, and what belongs to its secret beside it. Read with the environment; this one writes. */
export function fileSource(name: string, file: string): SecretSource {
  const pathOf = (one: string): string => (one === name ? file : besideFile(file, name, one))
  return {
    name: 'file',
    place: file,
    files: [name, ...companionsOf(name)].map(pathOf),
    read: async () => new Map(),
    write: async (changes) => {
      try {
        const { uid, gid, mode } = statSync(file)
        for (const [one, value] of changes) {
          const path = pathOf(one)
          if (value === null && !existsSync(path)) continue
          // Empty instead of gone: settings that name it would be refused.
          replaceFile(path, value ?? '')
          chmodSync(path, mode & 0o777)
          if (statSync(path).uid !== uid || statSync(path).gid !== gid) chownSync(path, uid, gid)
        }
      } catch (error) {
        throw new SecretsRefused(
          'secrets.refused',
          `${file} cannot be written (${reasonOf(error)}). Run this as its owner; where it is mounted or made by something else, change it there: docs/operators/secrets.md says how.`
        )
      }
    }
  }
}
