import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Type, { type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { TargetRefused } from './target-refused.ts'

export const AbsolutePath = Type.String({
  pattern: '^/[^"\\s;{}]*$',
  description: 'an absolute path without spaces and quotes'
})
export const CommandLine = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })

/** Where people come in, and a host name of a school there. */
export const Door = Type.Object(
  {
    url: Type.String({ pattern: '^https?://[^/\\s]+$' }),
    host: Type.String({ pattern: '^[A-Za-z0-9.-]+(:\\d+)?$' }),
    /** Certificates to trust, where the front door has one that no authority signed. */
    ca: Type.Optional(AbsolutePath)
  },
  { additionalProperties: false }
)

const Seconds = Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 }))

/** What a target waits for at most; each has its own where the file says nothing. */
export const Timeouts = Type.Object(
  { bootSeconds: Seconds, frontSeconds: Seconds, drainSeconds: Seconds },
  { additionalProperties: false }
)

/**
 * A reader of `<root>/target.json` of one kind of target.
 * @param contradictions what a schema cannot say, as sentences
 */
export function targetFile<File extends TSchema>(
  schema: File,
  contradictions: (file: Static<File>) => readonly string[] = () => []
): (root: string) => Static<File> {
  const validator = Compile(schema)
  return (root) => {
    const path = join(resolve(root), 'target.json')
    let given: unknown
    try {
      given = JSON.parse(readFileSync(path, 'utf8'))
    } catch (error) {
      throw refusal(path, [error instanceof Error ? error.message : String(error)])
    }
    if (!validator.Check(given))
      throw refusal(
        path,
        validator.Errors(given).map(({ instancePath, message }) => `${instancePath || 'the file'} ${message}`)
      )
    const faults = contradictions(given)
    if (faults.length > 0) throw refusal(path, faults)
    return given
  }
}

/** `target.settings`, naming every fault at once. */
const refusal = (path: string, faults: readonly string[]): TargetRefused =>
  new TargetRefused('target.settings', `${path} cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`)
