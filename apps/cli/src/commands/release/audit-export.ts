import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { tell } from '../../terminal.ts'
import { withAuditLog } from './place.ts'

interface Options {
  readonly since?: string
  readonly sign?: boolean
}

export const signatureOf = (file: string): string => `${file}.sig`

export const exportCommand = (): Command =>
  new Command('export')
    .description('entries as JSON lines, for keeping elsewhere')
    .argument('[file]', 'standard output where none is named')
    .option('--since <number or instant>', 'from this entry on, such as 812 or 2027-01-01T00:00:00Z')
    .option('--sign', 'with a signature beside it: FILE.sig')
    .addHelpText(
      'after',
      `
The signature is Ed25519 over the bytes of the file. Without Lyceum it is checked by:
  openssl pkeyutl -verify -pubin -inkey lyceum-audit.pem -rawin -in FILE -sigfile FILE.sig

Examples:
  $ lyceum audit export audit-2026.jsonl --sign
  $ lyceum audit export --since 2027-01-01T00:00:00Z > january.jsonl
  $ lyceum audit verify --file audit-2026.jsonl --key lyceum-audit.pem`
    )
    .action(async (file: string | undefined, { since, sign }: Options) => {
      if (sign && file === undefined)
        throw new CommandFailed('audit.no-file', 'Name a file: its signature is written beside it.', exitCodes.usage)
      const from = readSince(since)
      const [{ readAudit }, { inLines }] = await Promise.all([
        import('@lyceum/platform/audit-log'),
        import('@lyceum/platform/audit-file')
      ])
      const { rows, signature } = await withAuditLog(async (client, config) => {
        const rows = (await readAudit(client)).filter(from)
        return { rows, signature: sign ? await signed(inLines(rows), config) : undefined }
      })
      if (file === undefined) return void process.stdout.write(inLines(rows))
      writeFileSync(file, inLines(rows), { flag: 'wx', mode: 0o640 })
      if (signature) writeFileSync(signatureOf(file), signature, { flag: 'wx', mode: 0o640 })
      tell(
        signature
          ? `${rows.length} entries in ${file}, signed in ${signatureOf(file)}. The key to check it with: lyceum audit key`
          : `${rows.length} entries in ${file}.`
      )
    })

async function signed(text: string, config: Parameters<Parameters<typeof withAuditLog>[0]>[1]): Promise<Buffer> {
  const [{ signBytes }, { auditKey }] = await Promise.all([
    import('@lyceum/platform/audit-signing'),
    import('@lyceum/server/audit-keeping')
  ])
  return signBytes(Buffer.from(text), auditKey(config))
}

function readSince(given: string | undefined): (row: { readonly seq: number; readonly at: string }) => boolean {
  if (given === undefined) return () => true
  if (/^\d+$/.test(given)) return ({ seq }) => seq >= Number(given)
  const instant = Date.parse(given)
  if (Number.isNaN(instant))
    throw new CommandFailed(
      'audit.since',
      'Give --since as the number of an entry, or as an instant such as 2027-01-01T00:00:00Z.',
      exitCodes.usage
    )
  // From the first entry of that time on, without gaps: an entry may carry an earlier time than the one before it.
  let begun = false
  return ({ at }) => {
    begun ||= Date.parse(at) >= instant
    return begun
  }
}
