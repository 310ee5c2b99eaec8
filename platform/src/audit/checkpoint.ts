import type { KeyObject } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { canonicalJson } from './chain.ts'
import { isSignedBy, keyName, type SigningPair, signBytes } from './signing.ts'

const Checkpoint = Type.Object({
  at: Type.String(),
  /** How many entries there were, which is the number of the newest. */
  entries: Type.Integer({ minimum: 1 }),
  /** Hash of the newest. */
  hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  key: Type.String(),
  signature: Type.String()
})
/** That the audit log had come so far, signed: what shows that its end was cut off. */
export type Checkpoint = Static<typeof Checkpoint>

const form = Compile(Checkpoint)

export interface Head {
  readonly entries: number
  readonly hash: string
}

export function signCheckpoint({ entries, hash }: Head, at: Date, pair: SigningPair): Checkpoint {
  const said = { at: at.toISOString(), entries, hash, key: keyName(pair.publicKey) }
  return { ...said, signature: signBytes(bytesOf(said), pair).toString('base64url') }
}

/** Adds a line to a file that is never written over. */
export function addCheckpoint(file: string, checkpoint: Checkpoint): void {
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify(checkpoint)}\n`, { mode: 0o640 })
}

export interface ReadCheckpoints {
  readonly good: readonly Checkpoint[]
  /** What is wrong with the others, by their line. */
  readonly faults: readonly string[]
}

/** @param keys that are believed: the installation's own, and those it had before */
export function readCheckpoints(file: string, keys: readonly KeyObject[]): ReadCheckpoints {
  const byName = new Map(keys.map((key) => [keyName(key), key]))
  const good: Checkpoint[] = []
  const faults: string[] = []
  for (const [at, line] of linesOf(file).entries()) {
    const where = `line ${at + 1} of ${file}`
    const checkpoint = parse(line)
    if (!checkpoint) {
      faults.push(`${where} is no checkpoint: it was changed, or written only in part`)
      continue
    }
    const { signature, ...said } = checkpoint
    const key = byName.get(said.key)
    if (!key)
      faults.push(`${where} is signed with another key (${said.key}): name its public key with --key, if it was yours`)
    else if (isSignedBy(bytesOf(said), Buffer.from(signature, 'base64url'), key)) good.push(checkpoint)
    else faults.push(`${where} was changed: its signature does not fit`)
  }
  return { good, faults }
}

const bytesOf = (said: Omit<Checkpoint, 'signature'>): Buffer =>
  Buffer.from(`lyceum audit checkpoint ${canonicalJson(said)}`)

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

function parse(line: string): Checkpoint | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return form.Check(value) ? value : undefined
  } catch {
    return undefined
  }
}
