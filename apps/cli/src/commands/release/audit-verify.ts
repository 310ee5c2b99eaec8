import type { KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { AuditRow } from '@lyceum/platform/audit-chain'
import { Command } from 'commander'
import { readSettings } from '../../environment.ts'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { answer } from '../../terminal.ts'
import { signatureOf } from './audit-export.ts'
import { outputOption, withAuditLog } from './place.ts'

interface Options {
  readonly output: 'text' | 'json'
  readonly head?: string
  readonly file?: string
  readonly signature?: string
  readonly against: readonly string[]
  readonly checkpoints: readonly string[]
  readonly key: readonly string[]
}

export const verifyCommand = (): Command =>
  new Command('verify')
    .description('look whether an entry was changed, removed or moved; exits with 1 when one was')
    .option('--file <file>', 'look at an export instead of the database, which is not needed then')
    .option('--signature <file>', 'of that export; FILE.sig where it is there')
    .option(
      '--key <file>',
      'a public key as “lyceum audit key” prints it, beside the installation’s own; may be given again',
      also,
      []
    )
    .option('--against <export>', 'compare with an export that was kept elsewhere; may be given again', also, [])
    .option('--checkpoints <file>', 'compare with checkpoints that were kept elsewhere; may be given again', also, [])
    .option(
      '--head <number:hash>',
      'an entry noted elsewhere, as audit verify prints it: shows that the end was cut off'
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Whoever may write to the database could cut the end off, or make the whole chain anew, and nothing inside the database would show
it. So every entry leaves a signed checkpoint in AUDIT_CHECKPOINTS, and they are compared; best is a file elsewhere, an export
kept elsewhere (--against), or the number and hash that this command prints (--head).

Examples:
  $ lyceum audit verify
  $ lyceum audit verify --against audit-2026.jsonl --head 812:5f0c…
  $ lyceum audit verify --file audit-2026.jsonl --key lyceum-audit.pem`
    )
    .action(async (options: Options) => {
      const found = options.file === undefined ? await lookAtDatabase(options) : await lookAtFile(options, options.file)
      const { rows, faults, anchors } = found
      if (faults.length > 0) process.exitCode = exitCodes.failed
      const last = rows.at(-1)
      const value = {
        ok: faults.length === 0,
        entries: rows.length,
        head: last ? `${last.seq}:${last.hash}` : null,
        anchors,
        signed: found.signed,
        faults
      }
      answer(options.output === 'json', value, () =>
        faults.length === 0
          ? `${rows.length} entries, none changed, missing or moved. ${inWords(found)} Newest: ${value.head ?? 'none'}`
          : faults.map(({ message }) => message).join('\n')
      )
    })

interface Fault {
  readonly seq: number | null
  readonly fault: string
  readonly message: string
}
interface Looked {
  readonly rows: readonly AuditRow[]
  readonly faults: readonly Fault[]
  /** How many entries were compared with what is kept elsewhere. */
  readonly anchors: number
  /** Null where signatures do not come into it. */
  readonly signed: boolean | null
}

async function lookAtDatabase({ head, against, checkpoints, key }: Options): Promise<Looked> {
  const [{ readAudit }, { verifyChain }, { readCheckpoints }, { auditKey, checkpointFile }] = await Promise.all([
    import('@lyceum/platform/audit-log'),
    import('@lyceum/platform/audit-chain'),
    import('@lyceum/platform/audit-checkpoint'),
    import('@lyceum/server/audit-keeping')
  ])
  const { rows, config } = await withAuditLog(async (client, config) => ({ rows: await readAudit(client), config }))
  const missing = checkpoints.find((file) => !existsSync(file))
  if (missing !== undefined) throw new CommandFailed('audit.file', `There is no file ${missing}.`, exitCodes.usage)
  const keys = [auditKey(config).publicKey, ...(await readKeys(key))]
  const read = [...new Set([checkpointFile(config), ...checkpoints])].map((file) => readCheckpoints(file, keys))
  const kept = read.flatMap(({ good }) => good.map(({ entries, hash }) => ({ seq: entries, hash })))
  const exported = (await Promise.all(against.map(readExport))).flat()
  const noted = [...readHead(head), ...kept, ...exported]
  const wrongMarks = read
    .flatMap(({ faults }) => faults)
    .map((message) => ({ seq: null, fault: 'checkpoint', message }))
  return {
    rows,
    faults: [
      ...verifyChain(rows, new Map(noted.map(({ seq, hash }) => [seq, hash]))),
      ...contradictions(noted),
      ...wrongMarks
    ],
    anchors: noted.length,
    signed: null
  }
}

/** Needs no database, and no installation where a key is given. */
async function lookAtFile({ signature, key, head }: Options, file: string): Promise<Looked> {
  const { verifyChain } = await import('@lyceum/platform/audit-chain')
  const bytes = readFileSync(file)
  const rows = await readExport(file)
  const beside = signature ?? (existsSync(signatureOf(file)) ? signatureOf(file) : undefined)
  const faults: Fault[] = [...verifyChain(rows, new Map(readHead(head).map(({ seq, hash }) => [seq, hash])), rows[0])]
  if (beside !== undefined && !(await isSigned(bytes, beside, key)))
    faults.push({
      seq: null,
      fault: 'signature',
      message: `${beside} does not fit ${file}: the file was changed or cut off, or it was signed with another key than the one given (--key).`
    })
  return { rows, faults, anchors: 0, signed: beside !== undefined }
}

async function isSigned(bytes: Buffer, signature: string, given: readonly string[]): Promise<boolean> {
  const { isSignedBy } = await import('@lyceum/platform/audit-signing')
  const keys = given.length > 0 ? await readKeys(given) : [await ownKey()]
  const read = readFileSync(signature)
  return keys.some((one) => isSignedBy(bytes, read, one))
}

async function ownKey(): Promise<KeyObject> {
  const { auditKey } = await import('@lyceum/server/audit-keeping')
  return auditKey(await readSettings()).publicKey
}

async function readKeys(files: readonly string[]): Promise<KeyObject[]> {
  const { readPublicPem } = await import('@lyceum/platform/audit-signing')
  return files.map((file) => {
    try {
      return readPublicPem(readFileSync(file, 'utf8'))
    } catch (error) {
      throw new CommandFailed(
        'audit.key',
        `${file} holds no public key (${error instanceof Error ? error.message : String(error)}). Give --key the file that “lyceum audit key” wrote.`,
        exitCodes.usage
      )
    }
  })
}

async function readExport(file: string): Promise<AuditRow[]> {
  const { readLines } = await import('@lyceum/platform/audit-file')
  try {
    return readLines(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new CommandFailed('audit.file', `${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Places outside that do not agree with each other: at least one of them was changed, or the chain was made anew. */
function contradictions(noted: readonly { readonly seq: number; readonly hash: string }[]): Fault[] {
  const hashes = new Map<number, string>()
  return noted.flatMap(({ seq, hash }) => {
    const before = hashes.get(seq)
    hashes.set(seq, before ?? hash)
    return before === undefined || before === hash
      ? []
      : [{ seq, fault: 'contradiction', message: `entry ${seq} is noted elsewhere with two different hashes` }]
  })
}

function inWords({ rows, anchors, signed }: Looked): string {
  const [first] = rows
  const part = first && first.seq > 1 ? `They begin with entry ${first.seq}. ` : ''
  if (signed !== null)
    return `${part}${signed ? 'The signature fits.' : 'There is no signature: the end may be cut off.'}`
  return anchors === 0
    ? 'Nothing is noted elsewhere: whether the end was cut off cannot be told.'
    : `${anchors} notes kept elsewhere agree.`
}

function readHead(given: string | undefined): { readonly seq: number; readonly hash: string }[] {
  if (given === undefined) return []
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(given) ?? []
  if (seq === undefined || hash === undefined)
    throw new CommandFailed(
      'audit.head',
      'Give --head as lyceum audit verify printed it: <number>:<hash>.',
      exitCodes.usage
    )
  return [{ seq: Number(seq), hash }]
}

const also = (value: string, before: readonly string[]): readonly string[] => [...before, value]
