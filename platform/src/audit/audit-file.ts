import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { AuditRow } from './chain.ts'

const form = Compile(
  Type.Object({
    seq: Type.Integer({ minimum: 1 }),
    at: Type.String(),
    actor: Type.String(),
    action: Type.String(),
    subject: Type.String(),
    details: Type.Record(Type.String(), Type.Unknown()),
    previous: Type.String(),
    hash: Type.String()
  })
)

/** One JSON object a line, as `lyceum audit export` writes it. */
export const inLines = (rows: readonly AuditRow[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

/** @throws with the number of the first line that is no entry */
export function readLines(text: string): AuditRow[] {
  return text
    .split('\n')
    .map((line, at) => ({ line, number: at + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => {
      const row = parse(line)
      if (row) return row
      throw new Error(`Line ${number} is no entry of an audit log: it was changed, or written only in part.`)
    })
}

function parse(line: string): AuditRow | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return form.Check(value) ? value : undefined
  } catch {
    return undefined
  }
}
